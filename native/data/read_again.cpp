// Finds samples in their source by name; bytes by one thread, decoding by all.
#include "native/data/read_again.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "native/base/error.h"
#include "native/base/parallel.h"
#include "native/data/picture_source.h"
#include "native/io/decode.h"
#include "shared/scenes/scenes.h"

namespace camloss::train {
namespace {

/// A wanted sample and its files in the source.
struct Wanted {
  std::size_t position = 0;  // in the list
  std::size_t file = 0;
  std::optional<std::size_t> mask;
};

using Files = std::unordered_map<std::string, std::size_t>;

std::vector<Wanted> find_files(const Dataset& data, std::span<const std::size_t> samples,
                               const PictureSource& source) {
  Files files;
  for (std::size_t i = 0; i < source.files().size(); ++i) files.emplace(source.files()[i], i);
  std::vector<Wanted> wanted;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    const std::string& name = data.samples[samples[k]].name;
    const auto picture = files.find(name);
    if (picture == files.end()) continue;
    const auto mask = files.find(name.substr(0, name.rfind('.')) + ".mask.png");
    wanted.push_back(
        {k, picture->second, mask == files.end() ? std::nullopt : std::optional(mask->second)});
  }
  std::ranges::sort(wanted, {}, &Wanted::file);
  return wanted;
}

void read_files(const Dataset& data, std::span<const std::size_t> samples, int threads,
                const PictureReader& body) {
  const auto source = open_source(data.origin->path);
  const std::vector<Wanted> wanted = find_files(data, samples, *source);
  struct Raw {
    std::vector<std::uint8_t> picture, mask;
  };
  constexpr std::size_t kBatch = 32;
  for (std::size_t begin = 0; begin < wanted.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, wanted.size() - begin);
    std::vector<Raw> raw(count);
    // A step back in an archive reads all of it again: in the source's order.
    std::map<std::size_t, std::vector<std::uint8_t>*> order;
    for (std::size_t i = 0; i < count; ++i) {
      const Wanted& one = wanted[begin + i];
      order[one.file] = &raw[i].picture;
      if (one.mask) order[*one.mask] = &raw[i].mask;
    }
    for (const auto& [file, bytes] : order) {
      try {
        *bytes = source->read(file);
      } catch (const DamagedSource&) {
        throw;
      } catch (const UserError&) {
        bytes->clear();  // decoding leaves it out
      }
    }
    parallel_for(count, threads, [&](std::size_t i) {
      const Wanted& one = wanted[begin + i];
      const std::string& name = data.samples[samples[one.position]].name;
      std::optional<Image> picture, mask;
      try {
        picture = io::decode_picture(raw[i].picture, name);
        if (one.mask) mask = io::decode_picture(raw[i].mask, name);
      } catch (const UserError&) {
        if (!picture) return;
      }
      body(one.position, *picture, mask ? &*mask : nullptr);
    });
  }
}

void draw_again(const Dataset& data, std::span<const std::size_t> samples, int threads,
                const PictureReader& body) {
  struct Id {
    ScenePart part;
    SceneClass animal;
    int index;
  };
  std::unordered_map<std::string, Id> ids;
  for (const ScenePart part : {ScenePart::train, ScenePart::val, ScenePart::shift}) {
    for (const SceneClass animal : {SceneClass::leopard, SceneClass::orca}) {
      for (int i = 0; i < scene_count(part, animal); ++i) {
        ids.emplace(scene_name(part, animal, i), Id{part, animal, i});
      }
    }
  }
  parallel_for(samples.size(), threads, [&](std::size_t k) {
    const auto id = ids.find(data.samples[samples[k]].name);
    if (id == ids.end()) return;
    Scene scene =
        draw_scene(data.origin->scene_seed, id->second.part, id->second.animal, id->second.index);
    const Image mask{kSceneSize, kSceneSize, 1, std::move(scene.mask)};
    body(k, scene.picture, &mask);
  });
}

}  // namespace

void read_again(const Dataset& data, std::span<const std::size_t> samples, int threads,
                const PictureReader& body) {
  if (!data.origin || samples.empty()) return;
  if (data.origin->path.empty()) {
    draw_again(data, samples, threads, body);
  } else {
    read_files(data, samples, threads, body);
  }
}

}  // namespace camloss::train
