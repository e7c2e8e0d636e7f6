// Options, help and errors of the command line.
#include "native/cli/cli.h"

#include <archive.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <new>
#include <nlohmann/json.hpp>
#include <opencv2/core/version.hpp>
#include <sstream>

#include "camloss_version.h"
#include "native/base/error.h"
#include "native/cli/completion.h"
#include "native/cli/console.h"
#include "native/cli/thread_waiting.h"
#include "native/cli/usage.h"
#include "native/recipes/recipe.h"
#include "native/train/trainer.h"

namespace camloss::train {
namespace {

std::string version_text() {
  return fmt::format("camloss trainer {} (commit {})\n{}", kVersion, kCommit, library_versions());
}

/// Every option of every command, and what the parser fills in.
struct Arguments {
  TrainCommand train;
  EvaluateCommand evaluate;
  ExplainCommand explain;
  std::vector<std::string> explain_weights;
  CompositesCommand composites;
  ScenesCommand scenes;
  ConvertCommand convert;
  ReportCommand report;
  ReproduceCommand reproduce;
  std::string shell;
  std::string head, part, train_dtype = "f32", convert_dtype = "f32";
};

constexpr int kMaxThreads = 1024;

CLI::Option* add_seeds(CLI::App* command, std::vector<std::uint64_t>& seeds) {
  return command
      ->add_option_function<std::string>(
          "--seeds", [&seeds](const std::string& text) { seeds = parse_seeds(text); },
          "Train once with each. Default: 1")
      ->type_name("1,2,3");
}

CLI::Option* add_seed(CLI::App* command, const std::string& name, std::uint64_t& seed,
                      const std::string& meaning) {
  return command
      ->add_option_function<std::string>(
          name, [&seed](const std::string& text) { seed = parse_seed(text); }, meaning)
      ->type_name("N");
}

void add_scene_seed(CLI::App* command, std::uint64_t& seed) {
  add_seed(command, "--scene-seed", seed, "Of the embedded scenes. Default: 1");
}

void add_threads(CLI::App* command, int& threads) {
  command->add_option("--threads", threads, "Default: as many as the machine has")
      ->check(CLI::Range(1, kMaxThreads));
}

template <class Path>
void add_data_as_of_train(CLI::App* command, Path& data) {
  command->add_option("--data", data, "As of train. Default: the embedded scenes")
      ->type_name("PATH");
}

CLI::App* add_train(CLI::App& app, Arguments& a) {
  TrainCommand& c = a.train;
  CLI::App* train = app.add_subcommand("train", "Train models and compare them");
  train
      ->add_option("--data", c.data,
                   "Folder with two sub-folders of pictures or with train/, val/ and shift/ parts "
                   "of such, a Caltech-256 "
                   "tree or its .tar. Default: the embedded scenes")
      ->type_name("PATH");
  train
      ->add_option("--classes", c.classes,
                   "The two classes in index order; FOLDER=NAME renames. Default: alphabetical")
      ->type_name("A,B");
  train
      ->add_option("--recipe", c.recipes,
                   fmt::format("{}, or a JSON file; may be repeated. Default: baseline camloss",
                               fmt::join(recipe_names(), ", ")))
      ->type_name("NAME|FILE");
  train->add_option("--head", a.head, "fcn or dense, instead of the recipe's")
      ->check(CLI::IsMember({"fcn", "dense"}));
  train->add_option("--epochs", c.epochs, "Instead of the recipe's")->check(CLI::Range(1, 100000));
  train
      ->add_option("--input-size", c.input_size,
                   "Side of the network's input in pixels, a multiple of 8")
      ->check(CLI::Range(8, 1024));
  add_seeds(train, c.seeds);
  train->add_option("--out", c.out, "Folder of the results. Default: runs/<data name>")
      ->type_name("DIR");
  add_threads(train, c.threads);
  train->add_option("--device", c.device, "cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
  train->add_flag("--resume", c.resume,
                  "Continue an interrupted training, bit by bit as if it had not been");
  train
      ->add_option("--split", c.split_file,
                   "Take the division into parts from a split-s<seed>.json")
      ->type_name("FILE");
  add_scene_seed(train, c.scene_seed);
  train->add_flag("--overwrite", c.overwrite, "Replace a finished training in the folder");
  train
      ->add_option("--perturbed", c.perturbed,
                   "Pictures of each part that deletion and insertion are measured on. Default: 32")
      ->check(CLI::Range(0, 1000000));
  train->add_option("--format", c.format, "Of the weights: safetensors or json")
      ->check(CLI::IsMember({"safetensors", "json"}));
  train->add_option("--dtype", a.train_dtype, "Of the weights: f32 or f16")
      ->check(CLI::IsMember({"f16", "f32"}));
  train
      ->add_option("--mlruns", c.mlruns,
                   "Add the runs to this MLflow file store (mlflow ui --backend-store-uri DIR)")
      ->type_name("DIR");
  train->add_flag("--quiet", c.quiet, "Print errors and warnings only");
  train->add_flag("--json", c.json, "Print metrics.json on stdout, tables on stderr");
  train->footer(
      "Examples:\n"
      "  trainer train                                     both models on the embedded scenes\n"
      "  trainer train --data photos --seeds 1,2,3         on your own pictures, three times\n"
      "  trainer train --data photos --recipe camloss --resume\n"
      "\nWrites <recipe>-s<seed>.safetensors, split-s<seed>.json, recipe-<recipe>.json, "
      "metrics.json, log.jsonl and\n"
      "report.html, which opens in any browser.");
  return train;
}

CLI::App* add_evaluate(CLI::App& app, Arguments& a) {
  EvaluateCommand& c = a.evaluate;
  CLI::App* evaluate =
      app.add_subcommand("evaluate", "Accuracy and map figures of weights on pictures");
  evaluate->add_option("--weights,files", c.weights, "Weights files; may be repeated")
      ->required()
      ->type_name("FILE");
  add_data_as_of_train(evaluate, c.data);
  evaluate
      ->add_option("--classes", c.classes,
                   "FOLDER=NAME,… where folders are not named as the weights' classes")
      ->type_name("A,B");
  evaluate
      ->add_option("--part", a.part,
                   "train, val, shift, or one that is made of the pictures: swapped, background. "
                   "Default: each by itself")
      ->check(CLI::IsMember({"train", "val", "shift", "swapped", "background"}));
  evaluate
      ->add_option("--split", c.split_file,
                   "Take the parts from a split-s<seed>.json that training wrote")
      ->type_name("FILE");
  add_scene_seed(evaluate, c.scene_seed);
  add_threads(evaluate, c.threads);
  evaluate->add_flag("--json", c.json, "Print one JSON object");
  evaluate->footer(
      "Examples:\n"
      "  trainer evaluate --weights runs/photos/camloss-s1.safetensors --data photos \\\n"
      "                   --split runs/photos/split-s1.json\n"
      "  trainer evaluate --weights runs/photos/camloss-s1.safetensors --data photos --part "
      "swapped\n"
      "\nThe part swapped shows subjects before backgrounds of the other class, background shows "
      "pictures without\ntheir subject; both are made here, see composites.");
  return evaluate;
}

CLI::App* add_composites(CLI::App& app, Arguments& a) {
  CompositesCommand& c = a.composites;
  CLI::App* composites =
      app.add_subcommand("composites",
                         "Write the counterfactual pictures of a data set: subjects before other "
                         "backgrounds, backgrounds alone");
  add_data_as_of_train(composites, c.data);
  composites->add_option("--classes", c.classes, "As of train")->type_name("A,B");
  composites->add_option("--split", c.split_file, "As of train")->type_name("FILE");
  composites->add_option("--out", c.out, "A new folder")->required()->type_name("DIR");
  add_seed(composites, "--seed", c.seed, "Of the division and of the backgrounds. Default: 1");
  add_scene_seed(composites, c.scene_seed);
  add_threads(composites, c.threads);
  composites->add_flag("--json", c.json, "Print what was written as JSON");
  composites->footer(
      "Writes DIR/swapped/CLASS and DIR/background/CLASS, from the pictures that a training with "
      "this seed does not\ntrain on. The subjects are found with the picture's centre as the hint, "
      "or "
      "given as NAME.mask.png.\n\n"
      "Example:\n  trainer composites --data photos --out photos-swapped");
  return composites;
}

CLI::App* add_explain(CLI::App& app, Arguments& a) {
  ExplainCommand& c = a.explain;
  CLI::App* explain = app.add_subcommand("explain", "Predictions and evidence maps of pictures");
  explain
      ->add_option("files", c.files,
                   "Pictures or folders of them; names ending in .safetensors or .json are weights "
                   "files")
      ->type_name("FILE");
  explain->add_option("--weights", a.explain_weights, "Weights file; may be repeated")
      ->type_name("FILE");
  explain->add_option("--method", c.method,
                      "cam, hirescam, gradcam, gradcam++, layercam, talk, occlusion or none. "
                      "Default: cam for fcn, hirescam "
                      "for dense");
  explain->add_option("--out", c.out, "Folder for overlays and comparisons as PNG")
      ->type_name("DIR");
  explain->add_flag("--json", c.json, "Print one JSON object, maps included");
  explain->add_flag("--quiet", c.quiet, "Print errors and warnings only");
  explain->footer(
      "Example:\n"
      "  trainer explain photo.jpg --weights runs/photos/baseline-s1.safetensors \\\n"
      "                            --weights runs/photos/camloss-s1.safetensors --out maps");
  return explain;
}

CLI::App* add_scenes(CLI::App& app, Arguments& a) {
  ScenesCommand& c = a.scenes;
  CLI::App* scenes =
      app.add_subcommand("scenes", "Write the embedded scenes and their masks as PNG files");
  scenes->add_option("--out", c.out, "Folder")->required()->type_name("DIR");
  add_seed(scenes, "--seed", c.seed, "Default: 1");
  add_threads(scenes, c.threads);
  scenes->add_flag("--json", c.json, "Print what was written as JSON");
  scenes->footer("Example:\n  trainer scenes --out scenes --seed 7");
  return scenes;
}

CLI::App* add_convert(CLI::App& app, Arguments& a) {
  ConvertCommand& c = a.convert;
  CLI::App* convert =
      app.add_subcommand("convert", "Weights between safetensors and JSON, f32 and f16");
  convert->add_option("--in", c.in, "Weights file")->required()->type_name("FILE");
  convert->add_option("--out", c.out, "Its ending names the form: .safetensors or .json")
      ->required()
      ->type_name("FILE");
  convert->add_option("--dtype", a.convert_dtype, "f32 or f16. Default: f32")
      ->check(CLI::IsMember({"f16", "f32"}));
  convert->add_flag("--json", c.json, "Print what was written as JSON");
  convert->footer(
      "Example:\n  trainer convert --in camloss-s1.safetensors --out camloss.json --dtype f16");
  return convert;
}

CLI::App* add_report(CLI::App& app, Arguments& a) {
  ReportCommand& c = a.report;
  CLI::App* report = app.add_subcommand(
      "report", "Curves, figures and maps of finished trainings as one HTML file");
  report
      ->add_option("--runs", c.runs, "Output folder of train, or a folder of such on the same data")
      ->required()
      ->type_name("DIR");
  report->add_option("--out", c.out, "The report")->required()->type_name("FILE");
  report
      ->add_option("--data", c.data,
                   "Where the pictures lie now. Default: where they lay in training")
      ->type_name("PATH");
  add_threads(report, c.threads);
  report->add_flag("--json", c.json, "Print what was written as JSON");
  report->footer(
      "The file needs nothing else: no network, no script. It contains pictures of the data.\n\n"
      "Example:\n  trainer report --runs runs/photos --out photos.html");
  return report;
}

CLI::App* add_reproduce(CLI::App& app, Arguments& a) {
  TrainCommand& c = a.reproduce.train;
  CLI::App* reproduce = app.add_subcommand(
      "reproduce", "Train what a talk trained; its claims beside what comes out");
  reproduce
      ->add_option("what", a.reproduce.what,
                   "talk: the talk of January 2023 that this program implements")
      ->required()
      ->type_name("talk");
  reproduce
      ->add_option("--data", c.data,
                   "A Caltech-256 tree or its .tar, or as of train. Default: the embedded scenes")
      ->type_name("PATH");
  reproduce->add_option("--classes", c.classes, "As of train")->type_name("A,B");
  add_seeds(reproduce, c.seeds);
  reproduce->add_option("--epochs", c.epochs, "Instead of the recipes'")
      ->check(CLI::Range(3, 100000));
  reproduce->add_option("--input-size", c.input_size, "Instead of the recipes', a multiple of 8")
      ->check(CLI::Range(8, 1024));
  reproduce->add_option("--out", c.out, "Folder of the results. Default: runs/talk-<data name>")
      ->type_name("DIR");
  add_threads(reproduce, c.threads);
  add_scene_seed(reproduce, c.scene_seed);
  reproduce->add_flag("--overwrite", c.overwrite, "Replace a finished reproduction in the folder");
  reproduce->add_option("--mlruns", c.mlruns, "As of train")->type_name("DIR");
  reproduce->add_flag("--resume", c.resume, "Continue an interrupted reproduction");
  reproduce->add_flag("--quiet", c.quiet, "Print the closing table only");
  reproduce->add_flag("--json", c.json, "Print the figures as one JSON object");
  reproduce->footer(
      "Trains talk-baseline, talk-code (the talk's program), talk (its slides) and camloss.\n\n"
      "Example:\n  trainer reproduce talk --data 256_ObjectCategories.tar --seeds 1,2,3");
  return reproduce;
}

CLI::App* add_completion(CLI::App& app, Arguments& a) {
  CLI::App* completion =
      app.add_subcommand("completion", "A script that completes this command line in a shell");
  completion->add_option("shell", a.shell, "bash")->required()->check(CLI::IsMember({"bash"}));
  completion->footer("Example:\n  source <(trainer completion bash)");
  return completion;
}

int dispatch(int argc, const char* const* argv) {
  Arguments arguments;
  CLI::App app(
      "Trains classifiers that look at the animal, not at the background.\n"
      "Without a command: trains baseline and CAMLoss on the embedded scenes.",
      "trainer");
  app.set_version_flag("--version", version_text());
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "Print this help");
  app.footer(
      "Examples:\n"
      "  trainer                                            train both models on the embedded "
      "scenes\n"
      "  trainer train --data photos --seeds 1,2,3          on your own pictures, three times\n"
      "  trainer evaluate --weights runs/photos/camloss-s1.safetensors --data photos\n"
      "  trainer explain photo.jpg runs/photos/*.safetensors --out maps\n"
      "  trainer report --runs runs/photos --out photos.html\n"
      "\n`trainer COMMAND --help` has every option of a command, with examples.\n"
      "Exit codes: 0 done, 1 an error, 2 wrong usage, 128 + signal for a training that was "
      "interrupted (see --resume).");
  CLI::App* train = add_train(app, arguments);
  CLI::App* evaluate = add_evaluate(app, arguments);
  CLI::App* composites = add_composites(app, arguments);
  CLI::App* explain = add_explain(app, arguments);
  CLI::App* scenes = add_scenes(app, arguments);
  CLI::App* convert = add_convert(app, arguments);
  CLI::App* report = add_report(app, arguments);
  CLI::App* reproduce = add_reproduce(app, arguments);
  CLI::App* completion = add_completion(app, arguments);
  for (CLI::App* command :
       {train, evaluate, composites, explain, scenes, convert, report, reproduce, completion}) {
    command->set_version_flag("--version", version_text());
  }
  refuse_unknown_command(app, argc, argv);
  try {
    app.parse(argc, argv);
    refuse_empty_values(app);
  } catch (const CLI::Success& asked) {  // --help, --version
    // Through the program's own printing, which keeps the reason of what fails.
    std::ostringstream text;
    const int code = app.exit(asked, text, text);
    std::string said = std::move(text).str();
    if (said.ends_with('\n')) said.pop_back();
    print_line(stdout, said);
    return code;
  } catch (const CLI::ParseError& wrong) {
    std::string command = "trainer";
    for (const CLI::App* used : app.get_subcommands()) command += " " + used->get_name();
    throw UserError(wrong.what(), did_you_mean(app, argc, argv) + "see " + command + " --help", 2);
  }
  for (const CLI::App* used : app.get_subcommands()) {
    const CLI::Option* threads = used->get_option_no_throw("--threads");
    if (threads != nullptr && !threads->empty()) warn_of_many_threads(threads->as<int>());
  }

  const auto dtype = [](const std::string& name) {
    return name == "f16" ? DType::f16 : DType::f32;
  };
  if (*evaluate) {
    if (!arguments.part.empty()) arguments.evaluate.part = part_from_name(arguments.part);
    return run_evaluate(arguments.evaluate);
  }
  if (*composites) return run_composites(arguments.composites);
  if (*explain) {
    auto& files = arguments.explain.files;
    files.insert(files.end(), arguments.explain_weights.begin(), arguments.explain_weights.end());
    return run_explain(arguments.explain);
  }
  if (*scenes) return run_scenes(arguments.scenes);
  if (*convert) {
    arguments.convert.dtype = dtype(arguments.convert_dtype);
    return run_convert(arguments.convert);
  }
  if (*report) return run_report(arguments.report);
  if (*completion) {
    print_line(stdout, bash_completion(app));
    return 0;
  }
  const std::string command_line = fmt::format("{}", fmt::join(argv, argv + argc, " "));
  if (*reproduce) {
    arguments.reproduce.train.command_line = command_line;
    return run_reproduce(arguments.reproduce);
  }
  if (!arguments.head.empty())
    arguments.train.head = arguments.head == "fcn" ? Head::fcn : Head::dense;
  arguments.train.dtype = dtype(arguments.train_dtype);
  arguments.train.command_line = command_line;
  return run_train(arguments.train);
}

}  // namespace

std::string library_versions() {
  return fmt::format("{}, OpenCV {}, {}, CLI11 {}, fmt {}.{}.{}, nlohmann/json {}.{}.{}",
                     torch_description(), CV_VERSION, archive_version_string(), CLI11_VERSION,
                     FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100,
                     NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                     NLOHMANN_JSON_VERSION_PATCH);
}

int run_trainer(int argc, const char* const* argv) {
  // A reader that closes the pipe must not end a training; printing goes on into the void.
  std::signal(SIGPIPE, SIG_IGN);
  // A limit on the size of files is an error of the write that meets it, which is told, and no end
  // without a word.
  std::signal(SIGXFSZ, SIG_IGN);
  occupy_standard_streams();
  try {
    const int code = dispatch(argc, argv);
    const int error = take_stdout_error();
    if (error == 0 || code != 0) return code;
    return print_error(
        UserError(fmt::format("cannot write to the standard output: {}", std::strerror(error)),
                  error == ENOSPC ? "the disk is full" : ""));
  } catch (const UserError& error) {
    return print_error(error);
  } catch (const std::bad_alloc&) {
    return print_error(
        UserError("not enough memory", "use fewer pictures or a smaller --input-size"));
  } catch (const std::exception& error) {
    return print_error(UserError(error.what()));
  }
}

}  // namespace camloss::train
