// Heat maps as textures and contours, made once and kept until what they show changes.
#pragma once

#include <list>
#include <optional>
#include <vector>

#include "wasm/app/app_state.h"
#include "wasm/widgets/point.h"

namespace camloss::ui {

/// Which part of a map is shown: all of it, (1 − K)·M, or K·M.
enum class MapPart { whole, centred, off_centre };

struct HeatKey {
  std::uint64_t serial = 0;
  Drawn drawn = Drawn::predicted;
  Colormap colours = Colormap::viridis;
  MapPart part = MapPart::whole;
  float scale = 0;
  bool operator==(const HeatKey&) const = default;
};

/// What draws a part of a result under the chosen options.
/// @param scale  what the evidence is divided by
[[nodiscard]] inline HeatKey heat_key(const PhotoResult& result, const ViewOptions& view,
                                      MapPart part, float scale) {
  return {result.serial, view.drawn, view.colours, part, scale};
}

struct Segment {
  Point a, b;  // unit coordinates of the picture
};

struct Heat {
  HeatKey key;
  Texture texture;
  /// Around the strongest 20 % of the drawn evidence; made when first asked for.
  std::optional<std::vector<Segment>> contour;
  std::uint64_t used = 0;
};

class HeatCache {
 public:
  /// The heat of a result, made now if it is not there.
  const Heat& get(const PhotoResult& result, const HeatKey& key, std::uint64_t frame) {
    return entry(result, key, frame);
  }
  /// Around the strongest 20 % of the evidence that `get` would draw. (side, side) cells
  const std::vector<Segment>& contour(const PhotoResult& result, const HeatKey& key,
                                      std::uint64_t frame);
  /// The kernel K as a veil over the off-centre part.
  const Texture& kernel_veil();
  void clear();

 private:
  Heat& entry(const PhotoResult& result, const HeatKey& key, std::uint64_t frame);

  std::list<Heat> heats_;
  Texture kernel_;
};

/// How much of the photo the colour of an evidence covers at full opacity: nothing where there is none.
/// @param strength  share of the strongest evidence on the scale, 0…1
[[nodiscard]] float cover_of(float strength);
/// The map of a part. (side, side)
[[nodiscard]] std::vector<float> map_part(const PhotoResult& result, MapPart part);
/// Largest drawn magnitude of a result: what its own scale divides by.
[[nodiscard]] float own_scale(const PhotoResult& result, Drawn drawn, MapPart part);
/// Marching squares at `level`.
/// @param values  (side, side)
[[nodiscard]] std::vector<Segment> contour_lines(const std::vector<float>& values, int side,
                                                 float level);

}  // namespace camloss::ui
