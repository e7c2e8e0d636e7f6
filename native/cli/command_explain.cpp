// `trainer explain`: predictions and evidence maps of pictures, as text, JSON and overlays.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "native/base/error.h"
#include "native/base/json.h"
#include "native/cli/command.h"
#include "native/cli/console.h"
#include "native/data/layout.h"
#include "native/data/picture_source.h"
#include "native/io/decode.h"
#include "native/io/files.h"
#include "native/io/png.h"
#include "native/io/weights_io.h"
#include "shared/model.h"
#include "shared/picture/colormap.h"

namespace camloss::train {
namespace {

struct ExplainCommand {
  /// Pictures, folders of pictures and weights in any order, told apart by what they are called.
  std::vector<std::string> files;
  std::vector<std::string> weights;  // named as such
  std::string method;                // empty: each head's default
  std::string out;                   // empty: no overlays
  bool json = false;
  bool quiet = false;
};

namespace fs = std::filesystem;

/// Longer side of overlays, in pixels; gap between the pictures of a comparison.
constexpr int kOverlaySide = 768;
constexpr int kGap = 12;

struct LoadedModel {
  std::string file;
  Model model;
  Method method;
};

/// A figure of one model for one picture; owns its map, which in the core holds until the next call
/// only.
struct Explained {
  Explanation figures;
  std::vector<float> map;  // (cells, cells)
};

LoadedModel load_model(const std::string& file, const std::string& method) {
  Model model(io::load_weights(file));
  const Head head = model.info().head;
  Method chosen = default_method(head);
  if (!method.empty()) {
    chosen = value_or_throw(method_from_name(method), {}, 2);
    value_or_throw(check_method(head, chosen), file);
  }
  return {file, std::move(model), chosen};
}

Explained explain(LoadedModel& loaded, const Image& picture, const std::string& file) {
  const Explanation explained =
      value_or_throw(loaded.model.explain(picture.view(), loaded.method), file);
  Explained result{explained, {explained.map.begin(), explained.map.end()}};
  result.figures.map = {};
  result.figures.features = {};
  return result;
}

Json to_json(const LoadedModel& loaded, const Explained& explained) {
  const ModelInfo& info = loaded.model.info();
  Json json;
  json["weights"] = loaded.file;
  json["recipe"] = info.recipe;
  json["method"] = to_string(loaded.method);
  json["label"] = info.classes[static_cast<std::size_t>(explained.figures.label)];
  json["probability"] = number_or_null(explained.figures.probability);
  json["logit"] = number_or_null(explained.figures.logit);
  json["off_centre_mass"] = number_or_null(explained.figures.off_centre_mass);
  json["residual"] = number_or_null(explained.figures.residual);
  json["map"] = explained.map;
  return json;
}

void print_text(const LoadedModel& loaded, const Explained& explained) {
  const ModelInfo& info = loaded.model.info();
  const double p = static_cast<double>(explained.figures.probability);
  std::string line = fmt::format("  {}: {} {:.3f} (logit {:.4f})", loaded.file,
                                 info.classes[static_cast<std::size_t>(explained.figures.label)],
                                 explained.figures.label == 1 ? p : 1 - p, explained.figures.logit);
  if (explained.figures.off_centre_mass) {
    line += fmt::format(", off-centre mass {:.3f} ({})", *explained.figures.off_centre_mass,
                        to_string(loaded.method));
  }
  if (explained.figures.residual)
    line += fmt::format(", residual {:.1e}", *explained.figures.residual);
  print_line(stdout, line);
}

/// The pictures below a folder, in the order of their names. Throws UserError: it has none.
void add_pictures_of(const std::string& folder, std::vector<std::string>& pictures) {
  const std::size_t before = pictures.size();
  const auto source = open_folder(folder);
  for (const std::size_t i : picture_files(*source))
    pictures.push_back((fs::path(folder) / source->files()[i]).string());
  if (pictures.size() > before) return;
  throw UserError(folder + " holds no pictures", "pictures end in .jpg, .png, .webp, .gif or .bmp");
}

/// Names for files that are written; a second one of the same name gets a number.
class Names {
 public:
  std::string unused(const std::string& stem) {
    std::string name = stem;
    for (int i = 2; !used_.insert(name).second; ++i) name = fmt::format("{}-{}", stem, i);
    return name;
  }

 private:
  std::set<std::string> used_;
};

Image draw(const Image& base, const Explained& explained, int cells) {
  std::vector<float> drawn(explained.map.size());
  drawn_evidence(explained.map, Drawn::predicted, explained.figures.logit, drawn);
  OverlayStyle style;
  style.scale = largest_magnitude(drawn);
  return overlay(base.view(), drawn, cells, style);
}

/// Pictures of one height in a row on white.
Image side_by_side(const std::vector<Image>& pictures) {
  Image row;
  row.height = pictures.front().height;
  for (const Image& picture : pictures) row.width += picture.width + kGap;
  row.width -= kGap;
  row.pixels.assign(static_cast<std::size_t>(row.width) * static_cast<std::size_t>(row.height) * 3,
                    255);
  std::size_t left = 0;
  for (const Image& picture : pictures) {
    const auto bytes = static_cast<std::size_t>(picture.width) * 3;
    for (int y = 0; y < picture.height; ++y) {
      const auto line = static_cast<std::size_t>(y);
      std::copy_n(
          picture.pixels.begin() + static_cast<std::ptrdiff_t>(line * bytes), bytes,
          row.pixels.begin() +
              static_cast<std::ptrdiff_t>((line * static_cast<std::size_t>(row.width) + left) * 3));
    }
    left += static_cast<std::size_t>(picture.width + kGap);
  }
  return row;
}

/// `names` are those of all files: the picture "a-b" with the weights "c" and "a" with "b-c" would
/// meet.
void write_overlays(const fs::path& folder, Names& names, const std::string& stem,
                    const Image& picture, const std::vector<LoadedModel>& models,
                    const std::vector<Explained>& explained) {
  std::vector<Image> row{io::reduced_rgb(picture.view(), kOverlaySide)};
  const auto write = [&](const std::string& name, const Image& image) {
    io::write_png(folder / (names.unused(name) + ".png"), image.view());
  };
  Names weights_names;
  for (std::size_t m = 0; m < models.size(); ++m) {
    if (explained[m].map.empty()) continue;
    row.push_back(draw(row.front(), explained[m], models[m].model.info().cells()));
    const std::string weights = weights_names.unused(fs::path(models[m].file).stem().string());
    write(fmt::format("{}-{}-{}", stem, weights, to_string(models[m].method)), row.back());
  }
  write(fmt::format("{}-side-by-side", stem), side_by_side(row));
}

int run_explain(const ExplainCommand& command) {
  std::vector<LoadedModel> models;
  std::vector<std::string> pictures;
  for (const std::string& file : command.files) {
    std::error_code unused;
    if (fs::is_directory(file, unused)) {
      add_pictures_of(file, pictures);
    } else if (io::weights_format_of(file)) {
      models.push_back(load_model(file, command.method));
    } else {
      io::refuse_foreign_form(file);
      pictures.push_back(file);
    }
  }
  if (models.empty()) {
    throw UserError("no weights file was given",
                    "name one that ends in .safetensors or .json, e.g. of runs/", 2);
  }
  if (pictures.empty())
    throw UserError("no picture was given", "name at least one beside the weights", 2);

  Json images = Json::array();
  Names names, picture_names;
  int exit_code = 0;
  for (const std::string& file : pictures) {
    try {
      const auto bytes = io::read_file(file, io::kMaxPictureBytes);
      const Image picture = io::decode_picture(bytes, file);
      std::vector<Explained> explained;
      explained.reserve(models.size());
      for (LoadedModel& loaded : models) explained.push_back(explain(loaded, picture, file));
      if (command.json) {
        Json entries = Json::array();
        for (std::size_t m = 0; m < models.size(); ++m)
          entries.push_back(to_json(models[m], explained[m]));
        images.push_back({{"file", file}, {"models", std::move(entries)}});
      } else if (!command.quiet) {
        print_line(stdout, printable(file, true));
        for (std::size_t m = 0; m < models.size(); ++m) print_text(models[m], explained[m]);
      }
      if (!command.out.empty()) {
        write_overlays(command.out, names, picture_names.unused(fs::path(file).stem().string()),
                       picture, models, explained);
      }
    } catch (const UserError& error) {
      // The other pictures are still worth explaining.
      exit_code = print_error(error);
    }
  }
  if (command.json) {
    const Json json{{"images", images}};
    print_line(stdout, to_line(json));
  }
  return exit_code;
}

/// Names of the methods, those of a map first.
std::vector<std::string> method_words() {
  std::vector<std::string> words;
  for (int m = static_cast<int>(Method::none) + 1; m <= static_cast<int>(kLastMethod); ++m)
    words.emplace_back(to_string(static_cast<Method>(m)));
  words.emplace_back(to_string(Method::none));
  return words;
}

std::function<int(const Call&)> declare_explain(Options& options) {
  const auto c = std::make_shared<ExplainCommand>();
  const std::vector<std::string> methods = method_words();
  options.texts("files", c->files, "FILE",
                "Pictures or folders of them; names ending in .safetensors or .json are weights "
                "files");
  options.texts("--weights", c->weights, "FILE", "Weights file; may be repeated");
  options.text("--method", c->method, "TEXT",
               fmt::format("{} or {}. Default: cam for fcn, hirescam for dense",
                           fmt::join(methods.begin(), methods.end() - 1, ", "), methods.back()),
               methods);
  options.text("--out", c->out, "DIR", "Folder for overlays and comparisons as PNG");
  options.flag("--json", c->json, "Print one JSON object, maps included");
  options.flag("--quiet", c->quiet, "Print errors and warnings only");
  options.footer(
      "Example:\n"
      "  trainer explain photo.jpg --weights runs/photos/baseline-s1.safetensors \\\n"
      "                            --weights runs/photos/camloss-s1.safetensors --out maps");
  return [c](const Call&) {
    c->files.insert(c->files.end(), c->weights.begin(), c->weights.end());
    return run_explain(*c);
  };
}

}  // namespace

const Command kExplain{"explain", "Predictions and evidence maps of pictures", false,
                       declare_explain};

}  // namespace camloss::train
