// The report's pictures.
#include <fmt/format.h>

#include "native/report/report_sections.h"
#include "native/report/svg.h"

namespace camloss::train {
namespace {

std::string prediction_text(const Records& records, const Gallery& gallery,
                            const ReportPicture& picture, const Prediction& prediction) {
  const bool right = !is_mistaken(gallery.part, picture.label, prediction);
  std::string text = fmt::format(
      "<span class=\"{}\">{} {}</span> {:.0f} %", right ? "yes" : "no", right ? "✓" : "✗",
      escaped(records.classes[static_cast<std::size_t>(prediction.label)]),
      100 * prediction.confidence);
  if (prediction.off_centre_mass) {
    text += fmt::format("<br><span class=\"dim\">off centre {:.0f} %</span>",
                        100 * static_cast<double>(*prediction.off_centre_mass));
  }
  return text;
}

std::string tile(const Records& records, const Galleries& galleries, const Gallery& gallery,
                 const ReportPicture& picture) {
  const auto image = [](const Image& pixels, const std::string& alt) {
    return fmt::format("<img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\">",
                       png_data_uri(pixels), kThumbSide, kThumbSide, escaped(alt));
  };
  std::string html = fmt::format(
      "<div class=\"tile\"><figure>{}<figcaption><b>{}</b><br><span class=\"dim name\">{}</span>"
      "</figcaption></figure>",
      image(picture.original, "original"),
      escaped(records.classes[static_cast<std::size_t>(picture.label)]), escaped(picture.name));
  for (std::size_t m = 0; m < picture.predictions.size(); ++m) {
    const std::size_t recipe = galleries.recipes[m];
    html += fmt::format(
        "<figure class=\"c{}\">{}<figcaption>{}</figcaption></figure>", colour_of(records, recipe),
        image(with_map(picture, picture.predictions[m]), "map of " + records.recipe_names[recipe]),
        prediction_text(records, gallery, picture, picture.predictions[m]));
  }
  return html + "</div>\n";
}

std::string grid(const Records& records, const Galleries& galleries, const Gallery& gallery,
                 const std::string& title, const std::string& meaning,
                 const std::vector<ReportPicture>& pictures) {
  if (pictures.empty()) return {};
  std::string html = fmt::format(
      "<div class=\"grid\"><h4>{} <span class=\"dim\">{}</span></h4><div class=\"tiles\" "
      "style=\"--n:{}\">\n",
      title, meaning, galleries.recipes.size() + 1);
  for (const ReportPicture& picture : pictures) html += tile(records, galleries, gallery, picture);
  return html + "</div></div>\n";
}

}  // namespace

std::string pictures_section(const Records& records, const Galleries& galleries) {
  const std::string candidate = escaped(records.recipe_names[records.candidate()]);
  const std::string baseline = escaped(records.recipe_names[records.baseline()]);
  const bool pair = records.candidate() != records.baseline();
  std::string order = "original";
  for (const std::size_t recipe : galleries.recipes) order += " | " + recipe_mark(records, recipe);
  std::string html = fmt::format(
      "<section class=\"pictures\"><h2>Pictures</h2><p>Each row: {}, of seed {}. Drawn is the "
      "evidence for the predicted "
      "class, each map on its own scale; pictures as the networks see them, their aspect not kept. "
      "The percentages are the "
      "calibrated probability of the predicted class and the share of the map off the "
      "centre.</p>\n",
      order, galleries.seed);
  for (const Gallery& gallery : galleries.parts) {
    html +=
        fmt::format("<div class=\"gallery\"><h3>{} <span class=\"dim\">{} pictures</span></h3>\n",
                    to_string(gallery.part), gallery.n);
    html += grid(records, galleries, gallery, "Most telling",
                 pair ? fmt::format("where {} gains most over {}", candidate, baseline)
                      : "the surest answers",
                 gallery.telling);
    html += grid(records, galleries, gallery, "Average",
                 pair ? "where it gains as much as in the median" : "around the median",
                 gallery.average);
    if (gallery.failures == 0) {
      html += fmt::format("<p class=\"note\">Failing: none; {} {} of this part.</p>\n", candidate,
                          gallery.part == Part::background ? "surely names no class on any picture"
                                                           : "is right on every picture");
    } else {
      html +=
          grid(records, galleries, gallery, "Failing",
               fmt::format("{} is {} on {} of {}; the surest errors first", candidate,
                           gallery.part == Part::background ? "still sure of the class" : "wrong",
                           gallery.failures, gallery.n),
               gallery.failing);
    }
    html += "</div>\n";
  }
  return html + "</section>\n";
}

}  // namespace camloss::train
