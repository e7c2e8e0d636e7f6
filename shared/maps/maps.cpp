// The table of map methods: names, titles, and which head has which. A new method is a value of Method, a row here, and a
// function that shared/model.cpp calls; the compiler complains where one of them is forgotten.
#include "shared/maps/maps.h"

#include <array>
#include <cstddef>

namespace camloss {
namespace {

struct MethodRow {
  Method method;
  std::string_view name;
  std::string_view title;
  bool fcn;
  bool dense;
  bool decomposition;  // Σ map + β = z
};

constexpr std::array kMethods{
    MethodRow{Method::none, "none", "none", true, true, false},
    MethodRow{Method::cam, "cam", "CAM", true, false, true},
    MethodRow{Method::hirescam, "hirescam", "HiResCAM", true, true, true},
    MethodRow{Method::gradcam, "gradcam", "Grad-CAM", true, true, false},
    MethodRow{Method::gradcam_pp, "gradcam++", "Grad-CAM++", true, true, false},
    MethodRow{Method::layercam, "layercam", "LayerCAM", true, true, false},
    MethodRow{Method::talk, "talk", "Talk (2023)", false, true, false},
    MethodRow{Method::occlusion, "occlusion", "Occlusion", true, true, false},
};

constexpr std::size_t index_of(Method method) noexcept { return static_cast<std::size_t>(method); }

/// Whether the table has every method, each at its own index.
constexpr bool is_complete() noexcept {
  if (kMethods.size() != index_of(kLastMethod) + 1) return false;
  for (std::size_t i = 0; i < kMethods.size(); ++i) {
    if (index_of(kMethods[i].method) != i) return false;
  }
  return true;
}
static_assert(is_complete(), "a map method has no row here");

const MethodRow& row(Method method) noexcept { return kMethods[index_of(method)]; }

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

Status check_method(Head head, Method method) {
  if (has_method(head, method)) return ok();
  std::string names;
  for (const Method known : methods_of(head)) {
    names += (names.empty() ? "" : ", ") + std::string(to_string(known));
  }
  return Error{"the " + std::string(to_string(head)) + " head has no map method '" +
                   std::string(to_string(method)) + "'",
               "it has " + names};
}

std::string_view method_title(Method method) noexcept { return row(method).title; }

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
