// Reads and writes metrics.json.
#include "native/record/run_record.h"

#include "native/record/verdict.h"

namespace camloss::train {
namespace {

constexpr const char* kBorderColour = "border colour";

template <class T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

template <class T, class Read>
void take(std::optional<T>& value, const JsonReader& json, std::string_view key, Read read) {
  if (const auto field = json.find(key)) value = static_cast<T>(((*field).*read)());
}

std::string text_or_nothing(const JsonReader& json, std::string_view key) {
  const auto field = json.find(key);
  return field ? field->text() : std::string();
}

std::size_t count_or_zero(const JsonReader& json, std::string_view key) {
  const auto field = json.find(key);
  return field ? static_cast<std::size_t>(field->count()) : 0;
}

std::optional<std::array<CutOutCount, 2>> cut_outs_from_json(
    const JsonReader& run, const std::vector<std::string>& classes) {
  const auto json = run.find("cut_outs");
  if (!json) return std::nullopt;
  std::array<CutOutCount, 2> cut_outs;
  for (std::size_t c = 0; c < 2; ++c) {
    const JsonReader own = (*json)[classes[c]];
    cut_outs[c] = {.pictures = own["of"].count(), .found = own["found"].count()};
    take(cut_outs[c].centre, own, "centre", &JsonReader::number);
  }
  return cut_outs;
}

/// {"leopard": {"x": 0.5, "y": 0.5, "edges": 0.01}, "orca": null}
Json marks_json(const CentralMarks& marks, const std::vector<std::string>& classes) {
  Json json = Json::object();
  for (std::size_t c = 0; c < 2; ++c) {
    Json& own = json[classes[c]];
    if (marks[c]) own = {{"x", marks[c]->x}, {"y", marks[c]->y}, {"edges", marks[c]->edges}};
  }
  return json;
}

CentralMarks marks_from_json(const JsonReader& json, const std::vector<std::string>& classes) {
  CentralMarks marks;
  for (std::size_t c = 0; c < 2; ++c) {
    if (const auto own = json.find(classes[c]))
      marks[c] = {(*own)["x"].number(), (*own)["y"].number(), (*own)["edges"].number()};
  }
  return marks;
}

}  // namespace

ShiftRecord shift_record(const Dataset& data) {
  const auto shift = data.part(Part::shift);
  std::size_t contradicting = 0;
  for (const Sample* sample : shift) contradicting += sample->contradiction >= kContradicting;
  return {data.shift_is_chosen, data.border_overlap, contradicting, shift.size()};
}

Json cut_outs_json(const std::array<CutOutCount, 2>& cut_outs,
                   const std::vector<std::string>& classes) {
  Json json = Json::object();
  for (std::size_t c = 0; c < 2; ++c) {
    json[classes[c]] = {{"found", cut_outs[c].found}, {"of", cut_outs[c].pictures}};
    put(json[classes[c]], "centre", cut_outs[c].centre);
  }
  return json;
}

Json to_json(const RunRecord& run, const std::vector<std::string>& classes) {
  Json json{{"recipe", run.recipe}, {"seed", run.seed}, {"weights", run.weights}};
  put(json, "fingerprint", run.fingerprint);
  put(json, "head", run.head);
  put(json, "input_size", run.input_size);
  put(json, kTemperature.key.data(), run.temperature);
  put(json, "offset", run.offset);
  put(json, "calibrated", run.calibrated);
  put(json, "seconds", run.seconds);
  put(json, "pictures", run.pictures);
  if (run.cut_outs) json["cut_outs"] = cut_outs_json(*run.cut_outs, classes);
  json[kWorstGroup.key.data()] = number_or_null(run.worst_group_accuracy);
  json["parts"] = parts_json(run.parts, classes);
  json["epochs"] = Json::array();
  for (const EpochRecord& epoch : run.epochs) json["epochs"].push_back(to_json(epoch));
  put(json, "started", run.started);
  put(json, "ended", run.ended);
  return json;
}

RunRecord run_from_json(const JsonReader& json, const std::vector<std::string>& classes) {
  RunRecord run;
  run.recipe = json["recipe"].text();
  run.seed = json["seed"].count();
  run.weights = json["weights"].text();
  take(run.fingerprint, json, "fingerprint", &JsonReader::text);
  take(run.head, json, "head", &JsonReader::text);
  take(run.input_size, json, "input_size", &JsonReader::integer);
  take(run.temperature, json, kTemperature.key, &JsonReader::number);
  take(run.offset, json, "offset", &JsonReader::number);
  take(run.calibrated, json, "calibrated", &JsonReader::yes);
  take(run.seconds, json, "seconds", &JsonReader::number);
  take(run.pictures, json, "pictures", &JsonReader::integer);
  run.cut_outs = cut_outs_from_json(json, classes);
  run.worst_group_accuracy = json[kWorstGroup.key].number_or_null();
  run.parts = parts_from_json(json["parts"], classes);
  const JsonReader epochs = json["epochs"];
  for (std::size_t e = 0; e < epochs.size(); ++e) run.epochs.push_back(epoch_from_json(epochs[e]));
  take(run.started, json, "started", &JsonReader::integer);
  take(run.ended, json, "ended", &JsonReader::integer);
  return run;
}

Json to_json(const TrainingRecord& training) {
  Json json{{"version", training.version},
            {"libraries", training.libraries},
            {"command", training.command},
            {"data", training.data},
            {"description", training.description}};
  if (training.source) {
    json["source"] = {{"path", training.source->path},
                      {"classes", training.source->classes},
                      {"scene_seed", training.source->scene_seed}};
  }
  json["classes"] = training.classes;
  json["threads"] = training.threads;
  json["engine"] = training.engine;
  json["device"] = training.device;
  json["unreadable"] = training.unreadable;
  json["look_alikes"] = training.look_alikes;
  if (training.shift) {
    const ShiftRecord& shift = *training.shift;
    json["shift"] = {{"chosen_by", shift.is_chosen ? kBorderColour : "the data"},
                     {"border_overlap", number_or_null(shift.border_overlap)}};
    put(json["shift"], "contradicting", shift.contradicting);
    put(json["shift"], "of", shift.of);
  }
  if (training.marks) json["marks"] = marks_json(*training.marks, training.classes);
  json["summary"] = summary_json(training.runs, training.classes);
  json["verdict"] =
      to_json(verdict_of_runs(training.runs, training.classes, training.shift, training.marks));
  json["runs"] = Json::array();
  for (const RunRecord& run : training.runs) json["runs"].push_back(to_json(run, training.classes));
  return json;
}

TrainingRecord training_from_json(const JsonReader& json) {
  TrainingRecord training;
  training.version = text_or_nothing(json, "version");
  training.libraries = text_or_nothing(json, "libraries");
  training.command = text_or_nothing(json, "command");
  training.data = json["data"].text();
  training.description = text_or_nothing(json, "description");
  if (const auto source = json.find("source")) {
    training.source.emplace();
    training.source->path = (*source)["path"].text();
    training.source->classes = text_or_nothing(*source, "classes");
    if (const auto seed = source->find("scene_seed")) training.source->scene_seed = seed->count();
  }
  const JsonReader classes = json["classes"];
  if (classes.size() != 2) classes.refuse("two classes");
  for (std::size_t c = 0; c < 2; ++c) training.classes.push_back(classes[c].text());
  training.threads = static_cast<std::int64_t>(count_or_zero(json, "threads"));
  if (const auto engine = json.find("engine")) training.engine = engine->text();
  training.device = text_or_nothing(json, "device");
  training.unreadable = count_or_zero(json, "unreadable");
  training.look_alikes = count_or_zero(json, "look_alikes");
  if (const auto shift = json.find("shift")) {
    training.shift.emplace();
    training.shift->is_chosen = text_or_nothing(*shift, "chosen_by") == kBorderColour;
    take(training.shift->border_overlap, *shift, "border_overlap", &JsonReader::number);
    take(training.shift->contradicting, *shift, "contradicting", &JsonReader::count);
    take(training.shift->of, *shift, "of", &JsonReader::count);
  }
  if (const auto marks = json.find("marks"))
    training.marks = marks_from_json(*marks, training.classes);
  const JsonReader runs = json["runs"];
  for (std::size_t r = 0; r < runs.size(); ++r)
    training.runs.push_back(run_from_json(runs[r], training.classes));
  return training;
}

JsonReader metrics_reader(const Json& json, const std::string& file) {
  return {json, file + " is not as train writes it",
          "train anew, or take the file out of the folder"};
}

}  // namespace camloss::train
