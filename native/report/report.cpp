// Puts the report together.
#include "native/report/report.h"

#include <fmt/format.h>

#include "data_embedded.h"
#include "native/base/error.h"
#include "native/io/files.h"
#include "native/report/report_sections.h"
#include "native/report/svg.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

std::string seconds_text(double seconds) {
  return seconds < 120 ? fmt::format("{:.0f} s", seconds) : fmt::format("{:.0f} min", seconds / 60);
}

std::string list(const std::string& title, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  std::string html = fmt::format("<dt>{}</dt>", title);
  for (const std::string& item : items)
    html += fmt::format("<dd><code>{}</code></dd>", escaped(item));
  return html;
}

/// Where the data lies: named in the file since reports exist; older files say so only of the
/// scenes.
std::optional<std::string> data_path(const Records& records, const ReportOptions& options) {
  if (options.data) return options.data;
  if (records.source) return records.source->path;
  if (records.data == "scenes") return "";
  return std::nullopt;
}

std::string footer(const Records& records, bool with_pictures) {
  const bool scenes = records.data == "scenes";
  std::string text;
  if (!with_pictures) {
    text = "This file holds figures only, no pictures.";
  } else if (scenes) {
    text = "The pictures in this file are drawn by the program itself.";
  } else {
    text = fmt::format(
        "This file contains pictures of the data “{}”. Whoever gets the file gets these photos: "
        "pass it on "
        "only where you may pass them on.",
        escaped(records.data));
  }
  return "<footer><p>" + text + " It needs no network and contains no script.</p></footer>\n";
}

}  // namespace

std::string record_section(const Records& records) {
  std::string html =
      "<section class=\"record\"><h2>Record</h2><h3>Runs</h3><div class=\"wide\"><table "
      "class=\"figures\"><thead><tr>"
      "<th>recipe</th><th>seed</th><th>head</th><th>pixels</th><th>epochs</th><th>time</"
      "th><th>temperature</th>";
  const auto figure_of = [](Part part) -> const Figure& {
    return part == Part::background ? figure("still_says") : figure("accuracy");
  };
  for (const Part part : records.parts())
    html += fmt::format("<th>{} on {}</th>", figure_of(part).title, to_string(part));
  html += "<th>worst class in a part</th></tr></thead><tbody>\n";
  const auto text = [](std::optional<double> value) {
    return value ? fmt::format("{:.3f}", *value) : std::string("–");
  };
  for (const RunRecord& run : records.runs) {
    html += fmt::format(
        "<tr><th "
        "scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>",
        recipe_mark(records, records.index_of(run.recipe)), run.seed,
        escaped(run.head.value_or("–")), run.input_size.value_or(0), run.epochs.size(),
        seconds_text(run.seconds.value_or(0)), text(run.temperature));
    for (const Part part : records.parts()) {
      const auto own = run.parts.find(part);
      html +=
          fmt::format("<td>{}</td>",
                      own == run.parts.end() ? "–" : text(value_of(figure_of(part), own->second)));
    }
    html += fmt::format("<td>{}</td></tr>\n", text(run.worst_group_accuracy));
  }
  html += "</tbody></table></div>\n<h3>Data and program</h3><dl>";
  html += fmt::format("<dt>Data</dt><dd>{}{}</dd>", escaped(records.data),
                      records.description.empty() ? "" : " – " + escaped(records.description));
  if (records.unreadable > 0)
    html += fmt::format("<dt>Unreadable pictures</dt><dd>{}, left out</dd>", records.unreadable);
  std::vector<std::string> engines;
  for (const std::string& engine : records.engines) {
    engines.push_back(engine == "core" ? "core: what trains in a page, without LibTorch" : engine);
  }
  html += list("Command", records.commands) + list("Version", records.versions) +
          list("Libraries", records.libraries) + list("Engine", engines);
  html += fmt::format("<dt>Device</dt><dd>{}, {} thread{}</dd></dl>\n", escaped(records.device),
                      records.threads, records.threads == 1 ? "" : "s");
  html += "<h3>Recipes</h3><div class=\"recipes\">";
  for (const Recipe& recipe : records.recipes) {
    html += fmt::format("<div class=\"recipe\"><h4>{}</h4><p>{}</p><pre>{}</pre></div>\n",
                        recipe_mark(records, records.index_of(recipe.name)),
                        escaped(recipe.description), escaped(recipe_json(recipe)));
  }
  return html + "</div></section>\n";
}

std::string report_html(const Records& records, const std::optional<Galleries>& galleries,
                        const std::string& why_no_pictures) {
  const std::string title =
      fmt::format("{}: {} or {}", records.data, records.classes[0], records.classes[1]);
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{} – camloss "
      "report</title>\n<style>\n{}</style>\n</head>\n"
      "<body>\n<header><p class=\"dim\">camloss report</p><h1>{}</h1><p>{}</p></header>\n<main>\n",
      escaped(title),
      std::string_view(reinterpret_cast<const char*>(report_css.data()), report_css.size()),
      escaped(title), escaped(records.description));
  html += headline_section(records);
  html += "<div class=\"beside\">\n" + comparison_section(records) + confusion_section(records) +
          "</div>\n";
  html += ablation_section(records);
  html += curves_section(records);
  if (galleries) {
    html += pictures_section(records, *galleries);
  } else {
    html += "<section><h2>Pictures</h2><p class=\"note\">Not shown: " + escaped(why_no_pictures) +
            "</p></section>\n";
  }
  html += record_section(records);
  return html + "</main>\n" + footer(records, galleries.has_value()) + "</body>\n</html>\n";
}

std::vector<std::string> write_report(const fs::path& runs, const fs::path& out,
                                      const ReportOptions& options) {
  const Records records = load_records(runs);
  std::vector<std::string> warnings;
  std::optional<Galleries> galleries;
  std::string why;
  if (const auto path = data_path(records, options)) {
    try {
      galleries = choose_pictures(records, *path, options.threads);
    } catch (const UserError& error) {
      why = error.what();
    }
  } else {
    why = "where the data lies is not on record; name it with --data";
  }
  if (!galleries) warnings.push_back("the report shows no pictures: " + why);
  io::write_file_atomically(out, report_html(records, galleries, why));
  return warnings;
}

}  // namespace camloss::train
