// Making of test pictures: OpenCV and giflib encode, so that the decoders meet files of other
// hands.
#include "tests/native/made_pictures.h"

#include <archive.h>
#include <archive_entry.h>
#include <gif_lib.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "native/base/rng.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

cv::Mat to_bgr(const Image& image) {
  const cv::Mat rgb(image.height, image.width, image.channels == 4 ? CV_8UC4 : CV_8UC3,
                    const_cast<std::uint8_t*>(image.pixels.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, image.channels == 4 ? cv::COLOR_RGBA2BGRA : cv::COLOR_RGB2BGR);
  return bgr;
}

Image from_bgr(const cv::Mat& bgr) {
  cv::Mat rgb;
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  Image image;
  image.width = rgb.cols;
  image.height = rgb.rows;
  image.pixels.assign(rgb.data, rgb.data + rgb.total() * 3);
  return image;
}

int append(GifFileType* gif, const GifByteType* bytes, int count) {
  auto& out = *static_cast<Bytes*>(gif->UserData);
  out.insert(out.end(), bytes, bytes + count);
  return count;
}

}  // namespace

Image blobs(std::uint64_t seed, int width, int height, std::array<int, 3> border) {
  CounterRng rng(seed, Purpose::split, 99);
  struct Blob {
    double x, y, radius;
    std::array<double, 3> colour;
  };
  std::vector<Blob> all(14);
  for (Blob& blob : all) {
    blob = {rng.uniform(0.2, 0.8),
            rng.uniform(0.2, 0.8),
            rng.uniform(0.06, 0.16),
            {rng.uniform(0, 255), rng.uniform(0, 255), rng.uniform(0, 255)}};
  }
  Image image;
  image.width = width;
  image.height = height;
  image.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  std::uint8_t* out = image.pixels.data();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double u = (x + 0.5) / width;
      const double v = (y + 0.5) / height;
      std::array<double, 3> colour{static_cast<double>(border[0]), static_cast<double>(border[1]),
                                   static_cast<double>(border[2])};
      for (const Blob& blob : all) {
        const double d = std::hypot(u - blob.x, v - blob.y) / blob.radius;
        const double share = std::exp(-d * d * d * d);
        for (std::size_t c = 0; c < 3; ++c) colour[c] += share * (blob.colour[c] - colour[c]);
      }
      for (const double value : colour) {
        *out++ = static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
      }
    }
  }
  return image;
}

Image mirrored(const Image& image) {
  cv::Mat out;
  cv::flip(to_bgr(image), out, 1);
  return from_bgr(out);
}

Image resized(const Image& image, int width, int height) {
  cv::Mat out;
  cv::resize(to_bgr(image), out, {width, height}, 0, 0, cv::INTER_AREA);
  return from_bgr(out);
}

Bytes encoded(const Image& image, const std::string& ending, int quality) {
  Bytes bytes;
  std::vector<int> parameters;
  if (ending == ".jpg") parameters = {cv::IMWRITE_JPEG_QUALITY, quality};
  if (ending == ".webp") parameters = {cv::IMWRITE_WEBP_QUALITY, 101};
  if (!cv::imencode(ending, to_bgr(image), bytes, parameters)) {
    throw std::runtime_error("cannot encode " + ending);
  }
  return bytes;
}

Bytes orientation_tiff(int orientation, bool big_endian) {
  const auto low = static_cast<std::uint8_t>(orientation);
  if (big_endian) {
    return {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, low, 0, 0, 0, 0, 0, 0};
  }
  return {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, low, 0, 0, 0, 0, 0, 0, 0};
}

Bytes with_exif(const Bytes& jpeg, const Bytes& tiff) {
  Bytes out(jpeg.begin(), jpeg.begin() + 2);
  const std::size_t length = 2 + 6 + tiff.size();
  for (const int byte :
       {0xFF, 0xE1, static_cast<int>(length >> 8U), static_cast<int>(length & 255U), int{'E'},
        int{'x'}, int{'i'}, int{'f'}, 0, 0}) {
    out.push_back(static_cast<std::uint8_t>(byte));
  }
  out.insert(out.end(), tiff.begin(), tiff.end());
  out.insert(out.end(), jpeg.begin() + 2, jpeg.end());
  return out;
}

Bytes made_gif(int width, int height, const std::vector<std::array<int, 3>>& palette,
               const std::vector<GifFrame>& frames) {
  Bytes bytes;
  int error = 0;
  GifFileType* gif = EGifOpen(&bytes, append, &error);
  if (gif == nullptr) throw std::runtime_error("cannot make a GIF");
  EGifSetGifVersion(gif, true);
  std::vector<GifColorType> colours;
  colours.reserve(palette.size());
  for (const auto& c : palette) {
    colours.push_back({static_cast<GifByteType>(c[0]), static_cast<GifByteType>(c[1]),
                       static_cast<GifByteType>(c[2])});
  }
  ColorMapObject* map = GifMakeMapObject(static_cast<int>(colours.size()), colours.data());
  EGifPutScreenDesc(gif, width, height, 8, 0, map);
  for (const GifFrame& frame : frames) {
    GraphicsControlBlock control{0, false, 10, frame.transparent};
    GifByteType block[4];
    EGifGCBToExtension(&control, block);
    EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, block);
    EGifPutImageDesc(gif, frame.left, frame.top, frame.width, frame.height, frame.interlaced,
                     nullptr);
    std::vector<int> rows;
    if (frame.interlaced) {
      for (const auto& [first, step] : {std::pair{0, 8}, {4, 8}, {2, 4}, {1, 2}}) {
        for (int y = first; y < frame.height; y += step) rows.push_back(y);
      }
    } else {
      for (int y = 0; y < frame.height; ++y) rows.push_back(y);
    }
    for (const int y : rows) {
      std::vector<GifPixelType> line;
      line.reserve(static_cast<std::size_t>(frame.width));
      for (int x = 0; x < frame.width; ++x) {
        line.push_back(static_cast<GifPixelType>(
            frame.indices[static_cast<std::size_t>(y * frame.width + x)]));
      }
      EGifPutLine(gif, line.data(), frame.width);
    }
  }
  GifFreeMapObject(map);
  EGifCloseFile(gif, &error);
  return bytes;
}

void write(const fs::path& path, std::span<const std::uint8_t> bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

void write(const fs::path& path, std::string_view text) {
  write(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Bytes made_tar(const std::vector<TarEntry>& entries, const std::string& filter) {
  const TemporaryFolder folder;
  const std::string path = folder.str("made.tar");
  archive* handle = archive_write_new();
  archive_write_set_format_pax_restricted(handle);
  if (filter == "gzip") archive_write_add_filter_gzip(handle);
  if (filter == "xz") archive_write_add_filter_xz(handle);
  archive_write_open_filename(handle, path.c_str());
  for (const TarEntry& one : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, one.name.c_str());
    archive_entry_set_filetype(entry, one.name.ends_with('/') ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, one.name.ends_with('/') ? 0755 : 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(one.bytes.size()));
    archive_write_header(handle, entry);
    archive_write_data(handle, one.bytes.data(), one.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(handle);
  archive_write_free(handle);
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

fs::path real_photos() {
  std::error_code ignored;
  const char* given = std::getenv("CAMLOSS_PHOTOS");
  const fs::path path =
      given != nullptr ? fs::path(given) : fs::path(CAMLOSS_TEST_DIR) / "../../shared/data/photos";
  return fs::is_directory(path / "train", ignored) ? fs::weakly_canonical(path) : fs::path();
}

}  // namespace camloss::train
