// The evidence-map methods: their names, and which head has which.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.h"
#include "shared/weights/weights.h"

namespace camloss {

/// Method of an evidence map; `none` predicts only. Names as on the command line: none, cam,
/// hirescam, gradcam, gradcam++, layercam, talk, occlusion.
enum class Method { none, cam, hirescam, gradcam, gradcam_pp, layercam, talk, occlusion };
inline constexpr Method kLastMethod = Method::occlusion;

[[nodiscard]] std::string_view to_string(Method method) noexcept;
/// Error: unknown name; the hint lists the names.
Result<Method> method_from_name(std::string_view name);
/// cam for fcn, hirescam for dense.
[[nodiscard]] Method default_method(Head head) noexcept;
[[nodiscard]] bool has_method(Head head, Method method) noexcept;
/// Error: the head does not have the method; the hint lists those it has.
Status check_method(Head head, Method method);
/// The method as a menu shows it: "Grad-CAM++".
[[nodiscard]] std::string_view method_title(Method method) noexcept;
/// Methods of a head in the order of a menu (without `none`).
[[nodiscard]] std::vector<Method> methods_of(Head head);
/// True where Σ map + β = z holds exactly (cam, hirescam).
[[nodiscard]] bool is_decomposition(Method method) noexcept;

}  // namespace camloss
