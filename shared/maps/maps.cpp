// The table of map methods: names and which head has which. A new method is one line here and one
// function.
#include "shared/maps/maps.h"

#include <array>

namespace camloss {
namespace {

struct MethodRow {
  Method method;
  std::string_view name;
  bool fcn;
  bool dense;
  bool decomposition;  // Σ map + β = z
};

constexpr std::array kMethods{
    MethodRow{Method::none, "none", true, true, false},
    MethodRow{Method::cam, "cam", true, false, true},
    MethodRow{Method::hirescam, "hirescam", true, true, true},
    MethodRow{Method::gradcam, "gradcam", true, true, false},
    MethodRow{Method::gradcam_pp, "gradcam++", true, true, false},
    MethodRow{Method::layercam, "layercam", true, true, false},
    MethodRow{Method::talk, "talk", false, true, false},
    MethodRow{Method::occlusion, "occlusion", true, true, false},
};

const MethodRow& row(Method method) noexcept {
  for (const MethodRow& candidate : kMethods) {
    if (candidate.method == method) return candidate;
  }
  return kMethods.front();
}

}  // namespace

std::string_view to_string(Method method) noexcept { return row(method).name; }

Result<Method> method_from_name(std::string_view name) {
  std::string known;
  for (const MethodRow& candidate : kMethods) {
    if (candidate.name == name) return candidate.method;
    known += (known.empty() ? "" : ", ") + std::string(candidate.name);
  }
  return Error{"unknown map method '" + std::string(name) + "'", "the methods are " + known};
}

Method default_method(Head head) noexcept {
  return head == Head::fcn ? Method::cam : Method::hirescam;
}

bool has_method(Head head, Method method) noexcept {
  return head == Head::fcn ? row(method).fcn : row(method).dense;
}

std::vector<Method> methods_of(Head head) {
  std::vector<Method> methods;
  for (const MethodRow& candidate : kMethods) {
    if (candidate.method != Method::none && has_method(head, candidate.method))
      methods.push_back(candidate.method);
  }
  return methods;
}

bool is_decomposition(Method method) noexcept { return row(method).decomposition; }

}  // namespace camloss
