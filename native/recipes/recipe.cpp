// The table of a recipe's fields: one line a field, used for reading, checking and writing alike.
#include "native/recipes/recipe.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>

#include "data_embedded.h"
#include "native/base/error.h"
#include "native/base/strict_json.h"
#include "native/io/files.h"
#include "native/recipes/json_fields.h"

namespace camloss::train {
namespace {

const Names<Loss>& loss_names() {
  static const Names<Loss> names{{"bce", Loss::bce},           {"split", Loss::split},
                                 {"quotient", Loss::quotient}, {"absolute", Loss::absolute},
                                 {"talk", Loss::talk},         {"talk-code", Loss::talk_code}};
  return names;
}
const Names<Schedule>& schedule_names() {
  static const Names<Schedule> names{{"constant", Schedule::constant},
                                     {"cosine", Schedule::cosine}};
  return names;
}
const Names<Init>& init_names() {
  static const Names<Init> names{{"torch", Init::torch}, {"glorot", Init::glorot}};
  return names;
}
const Names<Kernel>& kernel_names() {
  static const Names<Kernel> names{{"gaussian", Kernel::gaussian}, {"mask", Kernel::mask}};
  return names;
}
const Names<Head>& head_names() {
  static const Names<Head> names{{"fcn", Head::fcn}, {"dense", Head::dense}};
  return names;
}

constexpr int kMaxEpochs = 100'000;

const std::vector<Field<Phase>>& phase_fields() {
  static const std::vector<Field<Phase>> fields{
      integer<Phase>(
          "epochs", [](auto& p) -> auto& { return p.epochs; }, 1, kMaxEpochs),
      number<Phase>(
          "classify", [](auto& p) -> auto& { return p.classify; }, 0, 1000),
      number<Phase>(
          "map", [](auto& p) -> auto& { return p.map; }, 0, 1000),
      number<Phase>(
          "rate", [](auto& p) -> auto& { return p.rate; }, 0, 1000)};
  return fields;
}

/// The phases need the name of the file for their messages, so the reader is made where it is
/// known.
Field<Recipe> phases_field(const std::string& file) {
  return {"phases",
          [file](Recipe& recipe, const Json& json) {
            if (!json.is_array() || json.size() > 1000) {
              throw MustBe{"a list of at most 1000 phases"};
            }
            recipe.phases.clear();
            for (std::size_t i = 0; i < json.size(); ++i) {
              Phase phase;
              read_fields(phase, json[i], phase_fields(), file,
                          "phases[" + std::to_string(i) + "].");
              recipe.phases.push_back(phase);
            }
          },
          [](const Recipe& recipe) {
            Json list = Json::array();
            for (const Phase& phase : recipe.phases) {
              list.push_back(write_fields(phase, phase_fields()));
            }
            return list;
          }};
}

std::vector<Field<Recipe>> recipe_fields(const std::string& file) {
  using R = Recipe;
  return {
      file_name<R>(
          "name", [](auto& r) -> auto& { return r.name; }),
      text<R>(
          "description", [](auto& r) -> auto& { return r.description; }, 4096),
      choice<R>(
          "head", [](auto& r) -> auto& { return r.head; }, head_names()),
      integer<R>(
          "input_size", [](auto& r) -> auto& { return r.input_size; }, 8, 1024, 8),
      integer<R>(
          "context", [](auto& r) -> auto& { return r.context; }, 1, 7),
      integer<R>(
          "context_dilation", [](auto& r) -> auto& { return r.context_dilation; }, 1, 16),
      choice<R>(
          "loss", [](auto& r) -> auto& { return r.loss; }, loss_names()),
      number<R>(
          "lambda", [](auto& r) -> auto& { return r.lambda; }, 0, 1e6),
      integer<R>(
          "lambda_ramp_epochs", [](auto& r) -> auto& { return r.lambda_ramp_epochs; }, 0,
          kMaxEpochs),
      yes_or_no<R>(
          "lambda_yields", [](auto& r) -> auto& { return r.lambda_yields; }),
      number<R>(
          "strongest", [](auto& r) -> auto& { return r.strongest; }, 0.01, 1),
      number<R>(
          "sigma", [](auto& r) -> auto& { return r.sigma; }, 0.01, 10),
      choice<R>(
          "kernel", [](auto& r) -> auto& { return r.kernel; }, kernel_names()),
      choice<R>(
          "init", [](auto& r) -> auto& { return r.init; }, init_names()),
      integer<R>(
          "epochs", [](auto& r) -> auto& { return r.epochs; }, 1, kMaxEpochs),
      integer<R>(
          "least_steps", [](auto& r) -> auto& { return r.least_steps; }, 0, kMaxEpochs),
      integer<R>(
          "batch", [](auto& r) -> auto& { return r.batch; }, 1, 65536),
      number<R>(
          "optimizer.learning_rate", [](auto& r) -> auto& { return r.optimizer.learning_rate; },
          1e-9, 1000),
      number<R>(
          "optimizer.momentum", [](auto& r) -> auto& { return r.optimizer.momentum; }, 0, 1),
      number<R>(
          "optimizer.weight_decay", [](auto& r) -> auto& { return r.optimizer.weight_decay; }, 0,
          10),
      number<R>(
          "optimizer.clip_norm", [](auto& r) -> auto& { return r.optimizer.clip_norm; }, 0, 1e9),
      choice<R>(
          "optimizer.schedule", [](auto& r) -> auto& { return r.optimizer.schedule; },
          schedule_names()),
      integer<R>(
          "optimizer.warmup_epochs", [](auto& r) -> auto& { return r.optimizer.warmup_epochs; }, 0,
          kMaxEpochs),
      number<R>(
          "batch_norm_momentum", [](auto& r) -> auto& { return r.batch_norm_momentum; }, 0, 1),
      yes_or_no<R>(
          "balance", [](auto& r) -> auto& { return r.balance; }),
      yes_or_no<R>(
          "flip", [](auto& r) -> auto& { return r.flip; }),
      yes_or_no<R>(
          "rotate90", [](auto& r) -> auto& { return r.rotate90; }),
      number<R>(
          "jitter.brightness", [](auto& r) -> auto& { return r.jitter.brightness; }, 0, 1),
      number<R>(
          "jitter.contrast", [](auto& r) -> auto& { return r.jitter.contrast; }, 0, 1),
      number<R>(
          "jitter.saturation", [](auto& r) -> auto& { return r.jitter.saturation; }, 0, 1),
      number<R>(
          "jitter.hue", [](auto& r) -> auto& { return r.jitter.hue; }, 0, 0.5),
      number<R>(
          "jitter.channels", [](auto& r) -> auto& { return r.jitter.channels; }, 0, 1),
      number<R>(
          "greyscale", [](auto& r) -> auto& { return r.greyscale; }, 0, 1),
      number<R>(
          "zoom", [](auto& r) -> auto& { return r.zoom; }, 0, 1),
      number<R>(
          "move", [](auto& r) -> auto& { return r.move; }, 0, 0.5),
      number<R>(
          "cut_outs", [](auto& r) -> auto& { return r.cut_outs; }, 0, 1),
      number<R>(
          "cut_out_channels", [](auto& r) -> auto& { return r.cut_out_channels; }, 0, 1),
      number<R>(
          "cut_out_grey", [](auto& r) -> auto& { return r.cut_out_grey; }, 0, 1),
      number<R>(
          "cut_out_whole", [](auto& r) -> auto& { return r.cut_out_whole; }, 0, 1),
      number<R>(
          "negatives", [](auto& r) -> auto& { return r.negatives; }, 0, 1),
      number<R>(
          "mix", [](auto& r) -> auto& { return r.mix; }, 0, 1),
      number<R>(
          "mix_sigma", [](auto& r) -> auto& { return r.mix_sigma; }, 0.05, 10),
      number<R>(
          "mix_sigma_spread", [](auto& r) -> auto& { return r.mix_sigma_spread; }, 0, 0.2),
      number<R>(
          "mix_offset", [](auto& r) -> auto& { return r.mix_offset; }, 0, 0.5),
      channels<R>(
          "mean", [](auto& r) -> auto& { return r.mean; }, -10, 10),
      channels<R>(
          "std", [](auto& r) -> auto& { return r.std; }, 1e-4, 100),
      yes_or_no<R>(
          "calibrate", [](auto& r) -> auto& { return r.calibrate; }),
      yes_or_no<R>(
          "offset", [](auto& r) -> auto& { return r.offset; }),
      number<R>(
          "weight_average", [](auto& r) -> auto& { return r.weight_average; }, 0, 0.999999),
      phases_field(file),
  };
}

struct BuiltIn {
  std::string_view name;
  std::span<const std::uint8_t> bytes;
};

std::vector<BuiltIn> built_in() {
  return {{"baseline", recipe_baseline},
          {"camloss", recipe_camloss},
          {"camloss-2023", recipe_camloss_2023},
          {"talk-baseline", recipe_talk_baseline},
          {"talk", recipe_talk},
          {"talk-code", recipe_talk_code}};
}

}  // namespace

std::string_view to_string(Loss loss) { return name_of(loss_names(), loss); }
std::string_view to_string(Init init) { return name_of(init_names(), init); }
std::string_view to_string(Kernel kernel) { return name_of(kernel_names(), kernel); }
std::string_view to_string(Schedule schedule) { return name_of(schedule_names(), schedule); }

Recipe parse_recipe(std::string_view json, std::string_view file) {
  if (json.size() > kMaxRecipeBytes) {
    throw UserError(
        std::string(file) + " is larger than " + std::to_string(kMaxRecipeBytes) + " bytes",
        "that is the limit for a recipe");
  }
  Recipe recipe;
  recipe.name = std::filesystem::path(file).stem().string();
  if (!is_file_name(recipe.name)) recipe.name = "recipe";
  const Json parsed = parse_strict_json(json, file);
  if (!parsed.is_object()) {
    throw UserError({"a recipe must be a JSON object", "for instance {\"loss\": \"split\"}",
                     std::string(file)});
  }
  read_fields(recipe, parsed, recipe_fields(std::string(file)), file, "");
  if (recipe.head == Head::dense && !parsed.contains("input_size")) recipe.input_size = 192;
  try {
    check_recipe(recipe);
  } catch (const UserError& error) {
    throw UserError({error.reason, error.hint, std::string(file)});
  }
  return recipe;
}

std::string recipe_json(const Recipe& recipe) {
  return write_fields(recipe, recipe_fields(""))
             .dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const BuiltIn& recipe : built_in()) names.emplace_back(recipe.name);
  return names;
}

Recipe load_recipe(const std::string& name_or_file) {
  for (const BuiltIn& recipe : built_in()) {
    if (recipe.name == name_or_file) {
      const std::string_view json(reinterpret_cast<const char*>(recipe.bytes.data()),
                                  recipe.bytes.size());
      return parse_recipe(json, name_or_file + ".json");
    }
  }
  std::error_code ignored;
  if (!std::filesystem::exists(name_or_file, ignored)) {
    std::string all;
    for (const std::string& name : recipe_names()) all += (all.empty() ? "" : ", ") + name;
    const std::string near = nearest_word(name_or_file, recipe_names());
    throw UserError("no recipe and no file is named " + name_or_file,
                    (near.empty() ? "" : "did you mean " + near + "? ") + "the recipes are " + all +
                        "; any other is the path of a JSON file");
  }
  return parse_recipe(io::read_text(name_or_file, kMaxRecipeBytes), name_or_file);
}

bool needs_cut_outs(const Recipe& recipe) {
  return recipe.kernel == Kernel::mask || recipe.cut_outs > 0 || recipe.negatives > 0;
}

void set_head(Recipe& recipe, Head head) {
  if (recipe.head == head) return;
  recipe.head = head;
  if (head == Head::dense) recipe.context = recipe.context_dilation = 1;
  recipe.input_size = head == Head::dense ? 192 : 96;
}

void set_epochs(Recipe& recipe, int epochs) {
  const int count = static_cast<int>(recipe.phases.size());
  if (epochs < std::max(1, count)) {
    throw UserError("recipe " + recipe.name + " has " + std::to_string(count) + " phases and " +
                        std::to_string(epochs) + " epochs",
                    "at least one epoch for each phase is needed");
  }
  // Ends are rounded, each at least one epoch after the one before and leaving one for each to
  // come.
  int old_end = 0;
  int begin = 0;
  for (int i = 0; i < count; ++i) {
    Phase& phase = recipe.phases[static_cast<std::size_t>(i)];
    old_end += phase.epochs;
    const double exact = static_cast<double>(old_end) * epochs / recipe.epochs;
    const int end =
        std::clamp(static_cast<int>(std::lround(exact)), begin + 1, epochs - (count - 1 - i));
    phase.epochs = end - begin;
    begin = end;
  }
  recipe.epochs = epochs;
}

void reach_least_steps(Recipe& recipe, const std::array<int, 2>& pictures) {
  const int epoch =
      recipe.balance ? 2 * std::max(pictures[0], pictures[1]) : pictures[0] + pictures[1];
  if (epoch == 0) return;
  const int steps = (epoch + recipe.batch - 1) / recipe.batch;
  const int least = (recipe.least_steps + steps - 1) / steps;
  if (recipe.epochs < least) set_epochs(recipe, least);
}

void check_recipe(const Recipe& recipe) {
  const std::string of = "recipe " + recipe.name + ": ";
  const bool needs_dense = recipe.loss == Loss::talk || recipe.loss == Loss::talk_code;
  if (needs_dense && recipe.head != Head::dense) {
    throw UserError(
        of + "the loss \"" + std::string(to_string(recipe.loss)) + "\" needs the dense head",
        "set \"head\" to \"dense\", or take the loss \"split\"");
  }
  if (recipe.context % 2 == 0) {
    throw UserError(of + "\"context\" is " + std::to_string(recipe.context) +
                        ", and the convolution needs a middle",
                    "take 1, 3, 5 or 7");
  }
  if (recipe.context == 1 && recipe.context_dilation != 1) {
    throw UserError(of + "\"context_dilation\" spreads a context of one cell",
                    "set \"context\" to 3, 5 or 7, or leave the dilation out");
  }
  if (recipe.context > 1 && recipe.head != Head::fcn) {
    throw UserError(of + "\"context\" is for the fcn head", "set \"head\" to \"fcn\"");
  }
  if (recipe.phases.empty()) return;
  int sum = 0;
  for (const Phase& phase : recipe.phases) sum += std::min(phase.epochs, kMaxEpochs);
  if (sum != recipe.epochs) {
    throw UserError(of + "the epochs of its phases sum to " + std::to_string(sum) +
                        ", \"epochs\" is " + std::to_string(recipe.epochs),
                    "make both the same");
  }
}

}  // namespace camloss::train
