// The report: its text is safe, its figures are those of metrics.json, it needs nothing else;
// charts and completion.
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "native/base/error.h"
#include "native/cli/cli.h"
#include "native/cli/completion.h"
#include "native/cli/run_observer.h"
#include "native/io/files.h"
#include "native/record/metrics_json.h"
#include "native/report/report.h"
#include "native/report/report_sections.h"
#include "native/report/svg.h"

using namespace camloss::train;
namespace fs = std::filesystem;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size()))
    ++n;
  return n;
}

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "camloss-report-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code unused;
    fs::remove_all(path_, unused);
  }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

int trainer(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv{"trainer"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  return run_trainer(static_cast<int>(argv.size()), argv.data());
}

Json part_figures(double accuracy, std::size_t n) {
  const auto right = static_cast<std::size_t>(std::lround(accuracy * static_cast<double>(n)));
  return {{"n", n},
          {"accuracy", accuracy},
          {"per_class", {{"<b>left</b>", accuracy}, {"right & \"quoted\"", accuracy}}},
          {"confusion", Json::parse("[[" + std::to_string(right) + ",0],[" +
                                    std::to_string(n - right) + ",0]]")},
          {"off_centre_mass", 0.25},
          {"energy_in_mask", nullptr},
          {"centre_prior", {{"off_centre_mass", 0.1875}}}};
}

Json run_json(const std::string& recipe, int seed, double accuracy) {
  Json epochs = Json::array();
  for (int e = 1; e <= 3; ++e) {
    epochs.push_back({{"epoch", e},
                      {"loss", 1.0 / e},
                      {"classify_loss", 1.0 / e},
                      {"map_loss", nullptr},
                      {"learning_rate", 0.01},
                      {"train_accuracy", 0.5 + 0.1 * e},
                      {"val_accuracy", nullptr},
                      {"val_loss", nullptr},
                      {"val_off_centre_mass", nullptr},
                      {"seconds", 2.0},
                      {"pictures", 10}});
  }
  return {{"recipe", recipe},
          {"seed", seed},
          {"weights", recipe + "-s1.safetensors"},
          {"head", "fcn"},
          {"input_size", 96},
          {"temperature", 1.5},
          {"seconds", 6.0},
          {"worst_group_accuracy", accuracy},
          {"parts", {{"shift", part_figures(accuracy, 8)}}},
          {"epochs", epochs}};
}

Json metrics_json(const Json& runs) {
  return {{"version", "1 (abc)"},
          {"libraries", "none"},
          {"command", "trainer train --data '<script>alert(1)</script>'"},
          {"data", "<script>alert(1)</script>"},
          {"description", "a & b"},
          {"classes", Json::parse(R"(["<b>left</b>", "right & \"quoted\""])")},
          {"threads", 1},
          {"device", "cpu"},
          {"unreadable", 0},
          {"summary", nullptr},
          {"runs", runs}};
}

}  // namespace

TEST_CASE("text is escaped, and broken UTF-8 becomes a mark") {
  CHECK(escaped("a<b>&\"c'") == "a&lt;b&gt;&amp;&quot;c&#39;");
  CHECK(escaped("Wüste ± 你 🐋\n") == "Wüste ± 你 🐋\n");
  const std::string mark = "\xEF\xBF\xBD";
  CHECK(escaped("\x01") == mark);
  CHECK(escaped("\xFF"
                "a") == mark + "a");
  CHECK(escaped("\xC0\xAF") == mark + mark);             // an overlong '/'
  CHECK(escaped("\xED\xA0\x80") == mark + mark + mark);  // a surrogate
  CHECK(escaped("\xE4\xBD") == mark + mark);             // cut short
}

TEST_CASE("the time that is left counts every recipe and seed") {
  Recipe small, large;
  small.epochs = large.epochs = 10;
  small.input_size = 96;
  large.input_size = 192;  // four times the work
  JobClock job(50 * JobClock::cost(small));
  CHECK(job.left_text(small, 0, 5).empty());
  CHECK(job.left_text(small, 5, 10) == "1:30 left");  // 5 of 50 parts in 10 s
  job.run_done(small);
  CHECK(job.left_text(large, 5, 30) == "0:20 left");  // 30 of 50 in 30 s
  // What was done before says nothing about the speed.
  JobClock resumed(20 * JobClock::cost(small));
  resumed.skip(10 * JobClock::cost(small));
  CHECK(resumed.left_text(small, 10, 1).empty());
  CHECK(resumed.left_text(small, 15, 5) == "0:05 left");
}

TEST_CASE("steps of an axis enclose the values") {
  struct Range {
    double low, high;
  };
  const auto r = GENERATE(Range{0, 1}, Range{0.13, 0.134}, Range{-3, 1e-3}, Range{0.5, 0.5},
                          Range{1e6, 2.5e6}, Range{0.1, 0.3});
  CAPTURE(r.low, r.high);
  const auto steps = axis_steps(r.low, r.high, 5);
  REQUIRE(steps.size() >= 2);
  CHECK(steps.size() <= 9);
  CHECK(steps.front() <= r.low + 1e-9 * std::abs(r.low));
  CHECK(steps.back() >= r.high - 1e-9 * std::abs(r.high));
  for (std::size_t i = 1; i < steps.size(); ++i) CHECK(steps[i] > steps[i - 1]);
}

TEST_CASE("a chart draws every run of values within its frame, and a gap where there is none") {
  Chart chart;
  chart.title = "loss <of> train";
  chart.lines = {{1, true, "a", {0.5, 0.25, std::nullopt, 0.125, 0.1}},
                 {0, false, "b", {std::nullopt, NAN, 0.3}}};
  const std::string svg = chart_svg(chart);
  CHECK(contains(svg, "loss &lt;of&gt; train"));
  CHECK(count(svg, "<polyline") == 2);
  CHECK(count(svg, "<circle") == 1);
  CHECK_FALSE(contains(svg, "nan"));
  CHECK_FALSE(contains(svg, "inf"));
  const std::regex points("points=\"([^\"]*)\"");
  for (std::sregex_iterator it(svg.begin(), svg.end(), points), end; it != end; ++it) {
    std::istringstream text((*it)[1].str());
    double x = 0, y = 0;
    char comma = 0;
    while (text >> x >> comma >> y) {
      CHECK((x >= 46 && x <= 388));
      CHECK((y >= 48 && y <= 226));
    }
  }
  chart.lines = {{0, true, "a", {std::nullopt}}};
  CHECK_FALSE(has_values(chart));
  CHECK(chart_svg(chart).empty());
}

TEST_CASE("PNG pictures are encoded as base64 that decodes to the same bytes") {
  camloss::Image picture;
  picture.width = 3;
  picture.height = 2;
  for (int i = 0; i < 18; ++i) picture.pixels.push_back(static_cast<std::uint8_t>(i * 14));
  const std::string uri = png_data_uri(picture);
  const std::string head = "data:image/png;base64,";
  REQUIRE(uri.rfind(head, 0) == 0);
  const std::string text = uri.substr(head.size());
  REQUIRE(text.size() % 4 == 0);
  std::string bytes;
  std::uint32_t bits = 0;
  int have = 0;
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const char c : text.substr(0, text.find('='))) {
    REQUIRE(digits.find(c) != std::string::npos);
    bits = bits << 6U | static_cast<std::uint32_t>(digits.find(c));
    have += 6;
    if (have >= 8) bytes += static_cast<char>(bits >> (have -= 8) & 255U);
  }
  CHECK(bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  CHECK(bytes.substr(bytes.size() - 8, 4) == "IEND");
}

TEST_CASE("the report shows the means and marks the better one, with hostile names as text") {
  const Folder folder;
  const Json runs = Json::array({run_json("baseline", 1, 0.25), run_json("camloss", 1, 0.75),
                                 run_json("baseline", 2, 0.5), run_json("camloss", 2, 1.0)});
  camloss::io::write_file_atomically(folder / "metrics.json", metrics_json(runs).dump());
  const Records records = load_records(folder / "");
  const std::string html = report_html(records, std::nullopt, "<i>gone</i>");
  CHECK(contains(html, "0.375<span class=\"sd\"> ± 0.177</span>"));
  CHECK(contains(html, "<td class=\"best\">0.875<span class=\"sd\"> ± 0.177</span></td>"));
  CHECK(contains(html, "higher is better"));
  CHECK(contains(html, "lower is better"));
  CHECK(contains(html, "<td class=\"prior\">0.188"));
  CHECK(contains(html, "&lt;i&gt;gone&lt;/i&gt;"));
  CHECK_FALSE(contains(html, "<script"));
  CHECK_FALSE(contains(html, "<b>left"));
  CHECK_FALSE(contains(html, "nan"));
  CHECK_FALSE(contains(html, "energy in mask"));  // no picture has a mask: no row
  CHECK(contains(html, "figures only, no pictures"));
  // Confusion of both seeds of the baseline together: 2 + 4 right of the first class.
  CHECK(contains(html, ">6</td>"));
  CHECK(count(html, "<polyline class=\"line c0 strong\"") ==
        2);  // cross-entropy and accuracy on train
  CHECK(count(html, "<polyline class=\"line c1 pale\"") == 4);  // two seeds in each
}

TEST_CASE("a model has its colour also where it is alone") {
  const Folder folder;
  for (const auto& [name, mark] : {std::pair{"baseline", "mark c0"}, {"camloss", "mark c1"}}) {
    camloss::io::write_file_atomically(folder / "metrics.json",
                                       metrics_json(Json::array({run_json(name, 1, 0.5)})).dump());
    const std::string html = report_html(load_records(folder / ""), std::nullopt, "");
    CHECK(contains(html, mark));
    CHECK_FALSE(contains(html, mark == std::string("mark c0") ? "mark c1" : "mark c0"));
  }
}

TEST_CASE("an ablation appears with the third recipe and names only what differs") {
  const Folder folder;
  const Json runs = Json::array(
      {run_json("baseline", 1, 0.5), run_json("mixed", 1, 0.75), run_json("camloss", 1, 1.0)});
  camloss::io::write_file_atomically(folder / "metrics.json", metrics_json(runs).dump());
  Recipe recipe;
  recipe.name = "baseline";
  camloss::io::write_file_atomically(folder / "recipe-baseline.json", recipe_json(recipe));
  recipe.name = "mixed";
  recipe.mix = 0.5;
  camloss::io::write_file_atomically(folder / "recipe-mixed.json", recipe_json(recipe));
  recipe.name = "camloss";
  recipe.loss = Loss::split;
  camloss::io::write_file_atomically(folder / "recipe-camloss.json", recipe_json(recipe));
  const std::string html = ablation_section(load_records(folder / ""));
  CHECK(contains(html, "<th scope=\"col\">mixing</th>"));
  CHECK(contains(html, "<th scope=\"col\">loss</th>"));
  CHECK_FALSE(contains(html, "<th scope=\"col\">batch</th>"));
  CHECK(contains(html, "<td>+0.250</td>"));
  CHECK(contains(html, "<td>+0.500</td>"));
}

TEST_CASE("folders that hold no training, a damaged one or unlike ones are named") {
  const Folder folder;
  const auto message = [&](const fs::path& path) -> std::string {
    try {
      static_cast<void>(load_records(path));
    } catch (const camloss::UserError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(contains(message(folder / "absent"), "absent is no folder"));
  fs::create_directories(folder / "a");
  CHECK(contains(message(folder / "a"), "no finished training"));
  camloss::io::write_file_atomically(folder / "a/metrics.json", std::string_view("{\"runs\": ["));
  CHECK(contains(message(folder / "a"), "metrics.json"));
  camloss::io::write_file_atomically(folder / "a/metrics.json", std::string_view("{\"data\": 3}"));
  CHECK(contains(message(folder / "a"), "is not as train writes it"));
  Json good = metrics_json(Json::array({run_json("baseline", 1, 0.5)}));
  camloss::io::write_file_atomically(folder / "a/metrics.json", good.dump());
  CHECK(message(folder / "a").empty());
  // The parent holds this one training, then two of the same recipe and seed, then two of unlike
  // data.
  CHECK(message(folder / "").empty());
  camloss::io::write_file_atomically(folder / "b/metrics.json", good.dump());
  CHECK(contains(message(folder / ""), "trained twice"));
  good["data"] = "others";
  camloss::io::write_file_atomically(folder / "b/metrics.json", good.dump());
  CHECK(contains(message(folder / ""), "other data"));
}

TEST_CASE("a training leaves a report with pictures that needs nothing else") {
  const Folder folder;
  const std::string out = (folder / "run").string();
  REQUIRE(trainer({"train", "--epochs", "1", "--input-size", "16", "--perturbed", "0", "--threads",
                   "2", "--quiet", "--out", out}) == 0);
  const std::string html = camloss::io::read_text(folder / "run/report.html");
  CHECK(contains(html, "drawn by the program itself"));
  for (const char* part : {"train", "val", "shift"})
    CHECK(contains(html, std::string("<h3>") + part));
  // Each tile: the original and a map of either model.
  const std::size_t tiles = count(html, "<div class=\"tile\">");
  CHECK(tiles >= 12);
  CHECK(count(html, "src=\"data:image/png;base64,") == 3 * tiles);
  CHECK(contains(html, "Content-Security-Policy"));
  CHECK_FALSE(contains(html, "<script"));
  CHECK_FALSE(std::regex_search(html, std::regex("(src|href)=\"(?!data:)")));
  CHECK_FALSE(contains(html, "url("));

  // The same again from the files alone.
  const std::string again = (folder / "again.html").string();
  REQUIRE(trainer({"report", "--runs", out, "--out", again}) == 0);
  CHECK(camloss::io::read_text(again) == html);

  // Without the weights it has figures, and says why there are no pictures.
  fs::remove(folder / "run/camloss-s1.safetensors");
  REQUIRE(trainer({"report", "--runs", out, "--out", again}) == 0);
  CHECK(contains(camloss::io::read_text(again), "Not shown: "));
  CHECK(trainer({"report", "--runs", (folder / "nothing").string(), "--out", again}) == 1);
  CHECK(trainer({"report", "--runs", out}) == 2);
}

TEST_CASE("reproduce puts the talk's claims beside what came out") {
  Json runs = Json::array();
  for (const char* recipe : {"talk-baseline", "camloss"})
    runs.push_back(run_json(recipe, 1, 0.625));
  const std::string table = talk_table(summary_json(runs));
  CHECK(contains(table, "0.5938 (19/32)"));
  CHECK(contains(table, "not published"));
  CHECK(contains(table, "0.6250"));
  CHECK(contains(table, "talk-baseline"));
  CHECK_FALSE(contains(table, "energy in mask"));
  CHECK(trainer({"reproduce", "lunch"}) == 2);
  CHECK(trainer({"reproduce"}) == 2);
}

TEST_CASE("completion knows every command and option and is what bash accepts") {
  const Folder folder;
  CLI::App app("", "trainer");
  CLI::App* train = app.add_subcommand("train");
  std::string device, data;
  train->add_option("--device", device)->check(CLI::IsMember({"cpu", "cuda"}));
  train->add_option("--data", data)->type_name("PATH");
  app.add_subcommand("report");
  camloss::io::write_file_atomically(folder / "completion.sh", bash_completion(app));
  // Asks bash itself: the words offered after a command line.
  const auto offered = [&](const std::string& words, int last) {
    const std::string command = "bash -c '. " + (folder / "completion.sh").string() +
                                "; COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(last) +
                                "; _camloss_trainer; echo \"${COMPREPLY[*]}\"' > " +
                                (folder / "said").string();
    REQUIRE(std::system(command.c_str()) == 0);
    std::string said = camloss::io::read_text(folder / "said");
    said.pop_back();
    return said;
  };
  CHECK(offered("trainer \"\"", 1) == "train report");
  CHECK(offered("trainer tr", 1) == "train");
  CHECK(offered("trainer train --d", 2) == "--device --data");
  CHECK(offered("trainer train --device cu", 3) == "cuda");
  CHECK(offered("trainer train --device \"\"", 3) == "cpu cuda");
}
