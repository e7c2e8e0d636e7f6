// The link's text and what is read from it.
#include <catch2/catch.hpp>

#include "wasm/app/link.h"

using namespace camloss;
using namespace camloss::ui;

TEST_CASE("a link is read back as it was written") {
  Link link;
  link.sample = "leopard 2, usual background";
  link.weights = "Ünusual & \"quoted\" = 100 %";
  link.view.method = Method::gradcam_pp;
  link.view.page = Page::table;
  const std::string text = encode_link(link);
  CHECK(text.find(' ') == std::string::npos);
  CHECK(decode_link(text) == link);
  CHECK(encode_link(Link()).empty());
}

TEST_CASE("what a link names and nobody knows is passed over") {
  CHECK(decode_link("") == Link());
  CHECK(decode_link("&&=&page&page=nowhere&method=none&method=x&other=1") == Link());
  CHECK(decode_link("sample=a%2&sample=%zz%41").sample == "%zzA");
}
