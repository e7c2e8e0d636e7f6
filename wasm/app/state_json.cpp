// What the page says to others: camloss.state(), the text mirror and the CSV table.
#include "wasm/app/state_json.h"

#include <cmath>
#include <cstdio>

#include "shared/base/json_text.h"
#include "wasm/app/link.h"
#include "wasm/app/table_rows.h"
#include "wasm/app/wording.h"

namespace camloss::ui {
namespace {

void append_number(std::string& out, std::optional<float> value) {
  if (!value || !std::isfinite(*value)) {
    out += "null";
    return;
  }
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.9g", static_cast<double>(*value));
  out += buffer;
}

/// A CSV field; what a spreadsheet would take for a formula is quoted as text.
std::string csv_field(std::string_view s) {
  std::string text(s);
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos)
    text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

/// What both models say of the selected photo once its subject, or its background, is hidden; null before it was asked.
std::string proof_json(const App& app) {
  const Photo* photo = app.photos().find(app.proof().photo);
  if (photo == nullptr) return "null";
  std::string out = "{\"photo\":";
  out += quoted_json(photo->name);
  out += ",\"hidden\":\"" + std::string(hidden_name(app.view().hidden)) + "\"";
  out += app.proof().painted ? ",\"painted\":true" : ",\"painted\":false";
  for (const Hidden hidden : {Hidden::subject, Hidden::surroundings}) {
    out += hidden == Hidden::subject ? ",\"subject\":[" : ",\"background\":[";
    bool first = true;
    for (const Slot slot : kBothSlots) {
      const PhotoResult* r = app.proof().result(hidden, slot);
      if (r == nullptr) continue;
      out += first ? "{\"model\":" : ",{\"model\":";
      first = false;
      out += quoted_json(app.comparison().model(photo, slot).path);
      out += ",\"label\":";
      out += quoted_json(app.comparison().label_name(photo, slot, r->label));
      out += is_sure(app, *r) ? ",\"verdict\":\"sure\"" : ",\"verdict\":\"unsure\"";
      out += ",\"probability\":";
      append_number(out, r->probability);
      out += '}';
    }
    out += ']';
  }
  return out + "}";
}

}  // namespace

std::string state_json(const App& app) {
  std::string out = "{\"frame\":" + std::to_string(app.frame()) + ",\"photos\":[";
  bool first_photo = true;
  for (const Photo& photo : app.photos().all()) {
    if (!first_photo) out += ',';
    first_photo = false;
    out += "{\"name\":";
    out += quoted_json(photo.name);
    out += ",\"label\":";
    if (photo.label.empty()) {
      out += "null";
    } else {
      out += quoted_json(photo.label);
    }
    out += ",\"results\":[";
    bool first = true;
    for (const Slot slot : kBothSlots) {
      const PhotoResult* r = app.result(photo, slot);
      if (r == nullptr) continue;
      const ModelSlot& m = app.comparison().model(&photo, slot);
      if (!first) out += ',';
      first = false;
      out += "{\"model\":";
      out += quoted_json(m.path);
      out += ",\"recipe\":";
      out += quoted_json(m.model->info().recipe);
      out += ",\"label\":";
      out += quoted_json(app.comparison().label_name(&photo, slot, r->label));
      out += is_sure(app, *r) ? ",\"verdict\":\"sure\"" : ",\"verdict\":\"unsure\"";
      out += ",\"probability\":";
      append_number(out, r->probability);
      out += ",\"logit\":";
      append_number(out, r->logit);
      out += ",\"offCentreMass\":";
      append_number(out, r->off_centre_mass);
      out += ",\"method\":";
      out += quoted_json(to_string(r->method));
      out += '}';
    }
    out += "]}";
  }
  out += "],\"unsureBelow\":";
  append_number(out, app.view().sure_from);
  return out + ",\"proof\":" + proof_json(app) + "}";
}

std::string results_csv(const App& app) {
  std::string out = "name,label,width,height";
  for (const char* role : {"baseline", "camloss"}) {
    for (const char* column : {"model", "recipe", "method", "verdict", "label", "probability",
                               "logit", "off_centre_mass", "residual"}) {
      out += std::string(",") + role + "_" + column;
    }
  }
  out += "\r\n";
  for (const Photo& photo : app.photos().all()) {
    out += csv_field(photo.name) + "," + csv_field(photo.label) + "," +
           std::to_string(photo.width) + "," + std::to_string(photo.height);
    for (const Slot slot : kBothSlots) {
      const PhotoResult* r = app.result(photo, slot);
      if (r == nullptr) {
        out += ",,,,,,,,,";
        continue;
      }
      const ModelSlot& m = app.comparison().model(&photo, slot);
      const auto figure = [](std::optional<float> v) {
        std::string text;
        if (v) append_number(text, v);
        return text;
      };
      out += "," + csv_field(m.path) + "," + csv_field(m.model->info().recipe) + "," +
             std::string(to_string(r->method)) + "," +
             csv_field(verdict_name(app, &photo, slot, *r)) + "," +
             csv_field(app.comparison().label_name(&photo, slot, r->label)) + "," +
             figure(r->probability) + "," + figure(r->logit) + "," + figure(r->off_centre_mass) +
             "," + figure(r->residual);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace camloss::ui
