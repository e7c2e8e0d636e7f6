// The command line as a person uses it: a training and what the other commands make of it. Runs in
// this process.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "native/io/weights_io.h"
#include "tests/native/command_line.h"
#include "tests/native/drawn_folder.h"
#include "tests/native/trained_run.h"

using namespace camloss::train;
using namespace camloss::test;
using nlohmann::json;

TEST_CASE("train leaves weights, figures, log and report, and nothing else") {
  const Trained& t = trained();
  CHECK(names_in(t.out) ==
        std::set<std::string>{"baseline-s1.safetensors", "baseline-s2.safetensors",
                              "camloss-s1.safetensors", "camloss-s2.safetensors", "log.jsonl",
                              "metrics.json", "recipe-baseline.json", "recipe-camloss.json",
                              "report.html", "split-s1.json", "split-s2.json"});
  CHECK(json::parse(t.ran.out) == t.metrics);
  REQUIRE(t.metrics.at("runs").size() == 4);
  for (const json& run : t.metrics.at("runs")) {
    for (const std::string part : {"train", "val", "shift"}) {
      const json& figures = run.at("parts").at(part);
      for (const std::string name : {"accuracy", "off_centre_mass", "energy_in_mask",
                                     "pointing_game", "deletion", "insertion", "residual"}) {
        CAPTURE(part, name);
        CHECK(figures.at(name).is_number());
      }
      CHECK(figures.at("residual").get<double>() < 1e-4);
      CHECK(figures.at("per_class").at("orca").is_number());
      CHECK(figures.at("centre_prior").at("energy_in_mask").is_number());
    }
    CHECK(run.at("parts").at("train").at("n") == 277);
    CHECK(run.at("epochs").at(0).at("pictures") == 376);
    CHECK(run.at("epochs").at(0).at("seconds").get<double>() > 0);
  }
  CHECK(t.metrics.at("summary").at(1).at("parts").at("shift").at("accuracy").at("sd").is_number());
  const std::string log = camloss::io::read_text(fs::path(t.out) / "log.jsonl");
  CHECK(std::count(log.begin(), log.end(), '\n') == 4);

  const camloss::CheckedWeights loaded = camloss::io::load_weights(t.weights);
  CHECK(loaded.info().classes == std::vector<std::string>{"leopard", "orca"});
  CHECK(json::parse(loaded.info().metrics).at("val").at("n") == 64);
  CHECK_FALSE(loaded.info().trained_on.empty());
  CHECK_FALSE(loaded.info().version.empty());
  CHECK(loaded.info().seed == "1");
}

TEST_CASE("evaluate gives the figures of the training, from the scenes and from their files") {
  const Trained& t = trained();
  for (const std::string& data : {std::string(), t.scenes}) {
    std::vector<std::string> evaluate{"evaluate", "--weights", t.weights, "--json"};
    if (!data.empty()) evaluate.insert(evaluate.end(), {"--data", data});
    const Ran ran = t.folder.run(evaluate);
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
    const json runs = json::parse(ran.out).at("runs");
    REQUIRE(runs.size() == 5);
    for (const json& run : runs) {
      const std::string part = run.at("part");
      CHECK(run.size() == (part == "swapped" ? 14 : part == "background" ? 15 : 13));
      // The pictures that were drawn, not files of them.
      CHECK(run.at("seen_in_training") == (part == "train" && data.empty() ? 277 : 0));
      CHECK(run.at("sure_right").get<double>() + run.at("unsure").get<double>() +
                run.at("sure_wrong").get<double>() ==
            Approx(1));
      const json& expected =
          t.metrics.at("runs").at(1).at("parts").at(run.at("part").get<std::string>());
      CHECK(run.at("weights") == t.weights);
      for (const std::string name : {"n", "accuracy", "per_class", "pointing_game"}) {
        CHECK(run.at(name) == expected.at(name));
      }
      if (part == "background") CHECK(run.at("still_says") == expected.at("still_says"));
      CHECK(run.at("off_centre_mass").get<double>() ==
            Approx(expected.at("off_centre_mass").get<double>()).epsilon(1e-6));
    }
  }
}

TEST_CASE("evaluate takes the division of a training, and tells which pictures it has seen") {
  const Trained& t = trained();
  const fs::path flat = t.folder / "flat";
  for (const std::string name : {"leopard", "orca"}) {
    fs::create_directories(flat / name);
    int n = 0;
    for (const auto& file : fs::directory_iterator(fs::path(t.scenes) / "val" / name)) {
      // Without masks: the subjects are searched.
      if (file.path().string().ends_with(".mask.png") || ++n > 14) continue;
      fs::copy(file.path(), flat / name / file.path().filename());
    }
  }
  auto training = small_training(t.folder / "flat-run");
  training.insert(training.end(), {"--data", flat.string(), "--recipe", "baseline"});
  auto with_subjects = small_training(t.folder / "flat-subjects");
  with_subjects.insert(with_subjects.end(), {"--data", flat.string(), "--recipe", "camloss"});
  const Ran trained_subjects = t.folder.run(with_subjects);
  CAPTURE(trained_subjects.err);
  CHECK(trained_subjects.code == 0);
  CHECK(contains(trained_subjects.out, "  train: subjects found for "));
  const Ran trained_flat = t.folder.run(training);
  CAPTURE(trained_flat.err);
  REQUIRE(trained_flat.code == 0);
  CHECK(contains(trained_flat.out, "shift was chosen by border colour"));
  CHECK(contains(trained_flat.out, "subjects cut out: "));
  CHECK(contains(trained_flat.out, "say little"));
  CHECK(contains(trained_flat.out, "Verdict: cannot say"));
  const json metrics = json::parse(camloss::io::read_text(t.folder / "flat-run/metrics.json"));
  CHECK(metrics.at("shift").at("chosen_by") == "border colour");
  CHECK(metrics.at("shift").at("border_overlap").is_number());
  CHECK(metrics.at("verdict").at("word") == "cannot say");
  const std::string report = camloss::io::read_text(t.folder / "flat-run/report.html");
  CHECK(contains(report, "chosen by border colour"));
  CHECK_FALSE(contains(report, "contradicts the class"));

  const std::string weights = t.folder / "flat-run/baseline-s1.safetensors";
  const Ran all = t.folder.run({"evaluate", "--weights", weights, "--data", flat.string()});
  CAPTURE(all.out);
  CHECK(contains(all.out, "the model was trained on; --split"));
  const Ran divided = t.folder.run({"evaluate", "--weights", weights, "--data", flat.string(),
                                    "--split", t.folder / "flat-run/split-s1.json", "--json"});
  REQUIRE(divided.code == 0);
  const json parts = json::parse(divided.out).at("runs");
  REQUIRE(parts.size() >= 3);
  for (const json& run : parts) {
    const std::string part = run.at("part");
    CAPTURE(part);
    const json& expected = metrics.at("runs").at(0).at("parts").at(part);
    CHECK(run.at("n") == expected.at("n"));
    CHECK(run.at("accuracy") == expected.at("accuracy"));
    CHECK((run.at("seen_in_training") == run.at("n")) == (part == "train"));
  }
}

TEST_CASE("composites are a folder that evaluate reads, with the figures of the made parts") {
  const Trained& t = trained();
  const std::string folder = t.folder / "composites";
  const Ran made = t.folder.run({"composites", "--out", folder, "--json"});
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  CHECK(json::parse(made.out).at("cut_outs").at("orca").at("found").get<int>() >= 40);
  const Ran ran = t.folder.run({"evaluate", "--weights", t.weights, "--data", folder, "--json"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const json runs = json::parse(ran.out).at("runs");
  REQUIRE(runs.size() == 2);
  for (const json& run : runs) {
    const json& expected =
        t.metrics.at("runs").at(1).at("parts").at(run.at("part").get<std::string>());
    CHECK(run.at("n") == expected.at("n"));
    CHECK(run.at("accuracy") == expected.at("accuracy"));
    CHECK(run.at("sure_right") == expected.at("sure_right"));
  }
  CHECK(t.folder.run({"composites", "--out", folder}).code == 1);  // not empty
}

TEST_CASE("maps of different pictures and weights never share a file") {
  const Trained& t = trained();
  const fs::path folder = t.folder / "meeting";
  fs::create_directories(folder);
  const std::string picture = t.scenes + "/shift/orca/000.png";
  fs::copy_file(picture, folder / "a-b.png");
  fs::copy_file(picture, folder / "a.png");
  fs::copy_file(t.weights, folder / "b-c.safetensors");
  fs::copy_file(t.weights, folder / "c.safetensors");
  const auto at = [&](const char* name) { return (folder / name).string(); };
  const Ran ran = t.folder.run({"explain", at("a-b.png"), at("a.png"), at("b-c.safetensors"),
                                at("c.safetensors"), "--out", at("maps")});
  REQUIRE(ran.code == 0);
  CHECK(names_in(folder / "maps").size() == 2 * 2 + 2);
}

TEST_CASE("explain writes maps of every model, whatever the order of its arguments") {
  const Trained& t = trained();
  const std::string picture = t.scenes + "/shift/orca/000.png";
  const std::string other = t.out + "/baseline-s1.safetensors";
  const Ran ran = t.folder.run(
      {"explain", other, picture, "--weights", t.weights, "--json", "--out", t.folder / "maps"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const json image = json::parse(ran.out).at("images").at(0);
  CHECK(image.at("file") == picture);
  REQUIRE(image.at("models").size() == 2);
  for (const json& model : image.at("models")) {
    CHECK(model.at("map").size() == 4);
    CHECK(model.at("method") == "cam");
    double sum = 0;
    for (const json& cell : model.at("map")) sum += cell.get<double>();
    CHECK(sum == Approx(model.at("logit").get<double>()).margin(1e-5));
    const double p = model.at("probability").get<double>();
    CHECK(model.at("label") == (p > 0.5 ? "orca" : "leopard"));
  }
  CHECK(names_in(t.folder / "maps") == std::set<std::string>{"000-baseline-s1-cam.png",
                                                             "000-camloss-s1-cam.png",
                                                             "000-side-by-side.png"});
  CHECK(t.folder.run({"explain", picture, t.weights, "--method", "talk"}).code == 1);
  CHECK(t.folder.run({"explain", picture, t.weights, "--method", "magic"}).code == 2);
  const Ran none = t.folder.run({"explain", picture, t.weights, "--method", "none", "--json"});
  REQUIRE(none.code == 0);
  CHECK(json::parse(none.out).at("images").at(0).at("models").at(0).at("residual").is_null());
  // An unreadable picture does not hide the others.
  camloss::io::write_file_atomically(t.folder / "bad.jpg", std::string_view("no picture"));
  const Ran mixed = t.folder.run({"explain", t.folder / "bad.jpg", picture, t.weights, "--json"});
  CHECK(mixed.code == 1);
  CHECK(contains(mixed.err, "bad.jpg"));
  CHECK(json::parse(mixed.out).at("images").size() == 1);
}

TEST_CASE("explain takes a folder of pictures, and is quiet where it is told to be") {
  const Trained& t = trained();
  const std::string pictures = t.folder / "to-explain";
  fs::create_directories(fs::path(pictures) / "deeper");
  fs::create_directories(fs::path(pictures) / "@eaDir");
  fs::create_directories(t.folder / "nothing");
  const fs::path from = fs::path(t.scenes) / "shift/orca";
  fs::copy_file(from / "000.png", fs::path(pictures) / "b.png");
  fs::copy_file(from / "000.mask.png", fs::path(pictures) / "b.mask.png");
  fs::copy_file(from / "001.png", fs::path(pictures) / "a.png");
  fs::copy_file(from / "002.png", fs::path(pictures) / "deeper/c.png");
  fs::copy_file(from / "002.png", fs::path(pictures) / "@eaDir/d.png");
  camloss::io::write_file_atomically(fs::path(pictures) / "notes.txt",
                                     std::string_view("no picture"));
  const Ran ran =
      t.folder.run({"explain", pictures, t.weights, "--json", "--out", t.folder / "folder-maps"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  std::vector<std::string> files;
  const json said = json::parse(ran.out);
  for (const json& image : said.at("images")) files.push_back(image.at("file"));
  CHECK(files == std::vector<std::string>{pictures + "/a.png", pictures + "/b.png",
                                          pictures + "/deeper/c.png"});
  CHECK(names_in(t.folder / "folder-maps").size() == 6);

  const Ran quiet =
      t.folder.run({"explain", "--quiet", pictures, t.weights, "--out", t.folder / "quiet-maps"});
  CHECK(quiet.code == 0);
  CHECK(quiet.out.empty());
  CHECK(quiet.err.empty());
  CHECK(names_in(t.folder / "quiet-maps").size() == 6);

  const Ran none = t.folder.run({"explain", t.folder / "nothing", t.weights});
  CHECK(none.code == 1);
  CHECK(contains(none.err, "holds no pictures"));
}

TEST_CASE("explain takes the pictures that an iPhone's were converted to, not both") {
  const Trained& t = trained();
  const fs::path pictures = t.folder / "iphone";
  fs::create_directories(pictures);
  camloss::io::write_file_atomically(pictures / "1.heic", std::string_view("an original"));
  fs::copy_file(fs::path(t.scenes) / "shift/orca/000.png", pictures / "1.heic.jpg");
  const Ran ran = t.folder.run({"explain", pictures, t.weights, "--json"});
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  const json images = json::parse(ran.out).at("images");
  REQUIRE(images.size() == 1);
  CHECK(images.at(0).at("file") == (pictures / "1.heic.jpg").string());
}

TEST_CASE("a model in a form that is not read is told what is") {
  const Trained& t = trained();
  for (const char* name : {"model.pt", "model.PTH", "model.onnx", "model.h5"}) {
    const std::string file = t.folder / name;
    camloss::io::write_file_atomically(file, std::string_view("PK\x03\x04"));
    for (const Ran& ran : {t.folder.run({"explain", file, t.scenes + "/val/orca/000.png"}),
                           t.folder.run({"evaluate", "--weights", file})}) {
      CAPTURE(name, ran.err);
      CHECK(ran.code != 0);
      CHECK(contains(ran.err, "only .safetensors and .json"));
      CHECK(contains(ran.err, "docs/from-pytorch.md"));
    }
  }
}

TEST_CASE("convert keeps what the model says") {
  const Trained& t = trained();
  REQUIRE(t.folder.run({"convert", "--in", t.weights, "--out", t.folder / "a.json"}).code == 0);
  REQUIRE(
      t.folder.run({"convert", "--in", t.folder / "a.json", "--out", t.folder / "b.safetensors"})
          .code == 0);
  CHECK(camloss::io::read_file(t.folder / "b.safetensors") == camloss::io::read_file(t.weights));
  const std::string half = t.folder / "h.safetensors";
  REQUIRE(t.folder.run({"convert", "--in", t.weights, "--out", half, "--dtype", "f16"}).code == 0);
  CHECK(10 * fs::file_size(half) < 6 * fs::file_size(t.weights));
  CHECK(t.folder.run({"convert", "--in", t.weights, "--out", t.folder / "x.onnx"}).code == 2);
}

TEST_CASE("classes of another name are refused, both named") {
  const Trained& t = trained();
  const fs::path data = t.folder / "others";
  fs::create_directories(data);
  fs::copy(fs::path(t.scenes) / "val" / "leopard", data / "leopard");
  fs::copy(fs::path(t.scenes) / "val" / "orca", data / "zebra");
  const Ran ran = t.folder.run({"evaluate", "--weights", t.weights, "--data", data.string()});
  CHECK(ran.code == 1);
  CHECK(contains(ran.err, "zebra"));
  CHECK(contains(ran.err, "orca"));
  const Ran renamed = t.folder.run({"evaluate", "--weights", t.weights, "--data", data.string(),
                                    "--classes", "leopard,zebra=orca", "--json"});
  CAPTURE(renamed.err);
  REQUIRE(renamed.code == 0);
  const json run = json::parse(renamed.out).at("runs").at(0);
  CHECK(run.at("part") == "all");
  CHECK(run.at("n") == 64);
  CHECK(run.at("accuracy") == t.metrics.at("runs").at(1).at("parts").at("val").at("accuracy"));
}

TEST_CASE("few pictures make many epochs: all are logged, the table shows some") {
  const Folder folder;
  camloss::test::draw_folder(folder / "data", {.per_class = 24});
  const Ran ran =
      folder.run({"train", "--data", folder / "data", "--recipe", "baseline", "--input-size", "16",
                  "--threads", "1", "--perturbed", "0", "--out", folder / "run"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const json metrics = json::parse(camloss::io::read_text(fs::path(folder / "run/metrics.json")));
  const json& epochs = metrics.at("runs").at(0).at("epochs");
  const std::size_t steps = (epochs.at(0).at("pictures").get<std::size_t>() + 15) / 16;
  CHECK(steps < 12);
  CHECK(epochs.size() == (960 + steps - 1) / steps);
  const std::string all = std::to_string(epochs.size());
  CHECK(contains(ran.out, ", " + all + " epochs"));
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = ran.out.find("/" + all + " ", at)) != std::string::npos; ++at) {
    ++rows;
  }
  CHECK(rows > 60);
  CHECK(rows <= 121);
  CHECK(contains(ran.out, all + "/" + all + " "));
}
