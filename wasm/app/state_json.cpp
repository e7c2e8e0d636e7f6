// What the page says to others: camloss.state(), the text mirror and the CSV table.
#include <cmath>
#include <cstdio>
#include <string>

#include "wasm/app/app.h"
#include "wasm/app/table_rows.h"
#include "wasm/app/wording.h"

namespace camloss::ui {
namespace {

void append_string(std::string& out, std::string_view s) {
  out += '"';
  for (const char c : s) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (u < 0x20) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\u%04x", static_cast<unsigned>(u));
      out += buffer;
    } else {
      out += c;
    }
  }
  out += '"';
}

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

}  // namespace

std::string state_json(const App& app) {
  const AppState& s = app.state();
  std::string out = "{\"frame\":" + std::to_string(s.frame) + ",\"photos\":[";
  bool first_photo = true;
  for (const Photo& photo : s.photos) {
    if (!first_photo) out += ',';
    first_photo = false;
    out += "{\"name\":";
    append_string(out, photo.name);
    out += ",\"label\":";
    if (photo.label.empty()) {
      out += "null";
    } else {
      append_string(out, photo.label);
    }
    out += ",\"results\":[";
    bool first = true;
    for (int slot = 0; slot < kSlots; ++slot) {
      const PhotoResult* r = app.result(photo, slot);
      if (r == nullptr) continue;
      const ModelSlot& m = s.slots[static_cast<std::size_t>(slot)];
      if (!first) out += ',';
      first = false;
      out += "{\"model\":";
      append_string(out, m.path);
      out += ",\"recipe\":";
      append_string(out, m.model->info().recipe);
      out += ",\"label\":";
      append_string(out, app.label_name(slot, r->label));
      out += ",\"probability\":";
      append_number(out, r->probability);
      out += ",\"logit\":";
      append_number(out, r->logit);
      out += ",\"offCentreMass\":";
      append_number(out, r->off_centre_mass);
      out += ",\"method\":";
      append_string(out, to_string(r->method));
      out += '}';
    }
    out += "]}";
  }
  return out + "]}";
}

std::string results_text(const App& app) {
  constexpr std::size_t kMaxLines = 60;
  const AppState& s = app.state();
  std::string out;
  if (s.pair >= 0) out += "Weights: " + s.pairs[static_cast<std::size_t>(s.pair)].name + ".\n";
  const auto line = [&](const Photo& photo) {
    std::string text = photo.name;
    if (!photo.label.empty()) text += " (label " + photo.label + ")";
    text += ": ";
    bool any = false;
    for (int slot = 0; slot < kSlots; ++slot) {
      const PhotoResult* r = app.result(photo, slot);
      if (r == nullptr) continue;
      any = true;
      text += s.slots[static_cast<std::size_t>(slot)].role + " " + verdict_name(app, slot, *r) +
              ", probability of " + app.label_name(slot, 1) + " " + percent(r->probability) +
              ", off-centre mass " + percent(r->off_centre_mass) + ". ";
    }
    const bool coming = s.slots[0].model || s.slots[1].model || s.slots[0].progress ||
                        s.slots[1].progress || photo.stage != PhotoStage::ready;
    if (!any) text += coming ? "waiting." : "no model is loaded.";
    return text + "\n";
  };
  for (const Photo& photo : s.photos) {
    if (s.selected != photo.id) continue;
    out += "Selected: " + line(photo);
    const std::string sentence = difference_sentence(app, photo);
    if (!sentence.empty()) out += sentence + "\n";
  }
  for (int slot = 0; slot < kSlots; ++slot) {
    const Confusion found = confusion(app, slot);
    if (found.total == 0) continue;
    out +=
        s.slots[static_cast<std::size_t>(slot)].role + ": " + accuracy_text(found, false) + ".\n";
  }
  std::size_t lines = 0;
  for (auto photo = s.photos.rbegin(); photo != s.photos.rend() && lines < kMaxLines;
       ++photo, ++lines) {
    out += line(*photo);
  }
  if (s.photos.size() > lines)
    out += "and " + std::to_string(s.photos.size() - lines) + " more photos.\n";
  return out;
}

std::string results_csv(const App& app) {
  const AppState& s = app.state();
  std::string out = "name,label,width,height";
  for (const char* role : {"baseline", "camloss"}) {
    for (const char* column : {"model", "recipe", "method", "verdict", "label", "probability",
                               "logit", "off_centre_mass", "residual"}) {
      out += std::string(",") + role + "_" + column;
    }
  }
  out += "\r\n";
  for (const Photo& photo : s.photos) {
    out += csv_field(photo.name) + "," + csv_field(photo.label) + "," +
           std::to_string(photo.width) + "," + std::to_string(photo.height);
    for (int slot = 0; slot < kSlots; ++slot) {
      const PhotoResult* r = app.result(photo, slot);
      if (r == nullptr) {
        out += ",,,,,,,,,";
        continue;
      }
      const ModelSlot& m = s.slots[static_cast<std::size_t>(slot)];
      const auto figure = [](std::optional<float> v) {
        std::string text;
        if (v) append_number(text, v);
        return text;
      };
      out += "," + csv_field(m.path) + "," + csv_field(m.model->info().recipe) + "," +
             std::string(to_string(r->method)) + "," + csv_field(verdict_name(app, slot, *r)) +
             "," + csv_field(app.label_name(slot, r->label)) + "," + figure(r->probability) + "," +
             figure(r->logit) + "," + figure(r->off_centre_mass) + "," + figure(r->residual);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace camloss::ui
