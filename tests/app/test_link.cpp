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
  link.view.hidden = Hidden::surroundings;
  link.view.drawn = Drawn::positive_and_negative;
  link.view.colours = Colormap::diverging;
  link.view.common_scale = link.view.contour = link.view.kernel = true;
  link.view.opacity = 0.25F;
  link.view.sure_from = 0.8F;
  const std::string text = encode_link(link);
  CHECK(text.find(' ') == std::string::npos);
  CHECK(decode_link(text) == link);
  CHECK(encode_link(Link()).empty());
}

TEST_CASE("what a link names and nobody knows is passed over") {
  CHECK(decode_link("") == Link());
  CHECK(decode_link("&&=&page&page=nowhere&method=none&method=x&other=1&hide=it&opacity=101&"
                    "opacity=1e2&sure=49&sure=&colours=red") == Link());
  CHECK(decode_link("evidence=none&scale=3&opacity=-1&outline=yes") == Link());
  // The controls end where the link ends.
  CHECK(decode_link("sure=96") == Link());
  CHECK(decode_link("sure=95").view.sure_from == 0.95F);
  CHECK(decode_link("opacity=0").view.opacity == 0);
  CHECK(decode_link("sample=a%2&sample=%zz%41").sample == "%zzA");
}
