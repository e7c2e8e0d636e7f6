// Layout: magic line, 8-byte header length, JSON header, the tensors' floats one after another,
// 8-byte checksum.
#include "native/train/checkpoint.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "native/base/error.h"
#include "native/base/hash.h"
#include "native/io/files.h"

namespace camloss::train {
namespace {

using nlohmann::json;

constexpr std::string_view kMagic = "camloss checkpoint 1\n";

void append(std::vector<std::uint8_t>& out, const void* data, std::size_t size) {
  const std::size_t old = out.size();
  out.resize(old + size);
  if (size > 0) std::memcpy(out.data() + old, data, size);
}

/// Reads from the front of what is left.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  bool take(void* to, std::size_t size) {
    if (size > bytes_.size()) return false;
    if (size > 0) std::memcpy(to, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
    return true;
  }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  json tensors = json::array();
  for (const auto& tensor : checkpoint.tensors) {
    tensors.push_back({{"name", tensor.name}, {"count", tensor.values.size()}});
  }
  const std::string header = json{
      {"fingerprint", checkpoint.fingerprint},
      {"epoch", checkpoint.epoch},
      {"step", checkpoint.step},
      {"records", checkpoint.records},
      {"tensors", tensors}}.dump();
  std::vector<std::uint8_t> bytes;
  append(bytes, kMagic.data(), kMagic.size());
  const std::uint64_t header_size = header.size();
  append(bytes, &header_size, sizeof header_size);
  append(bytes, header.data(), header.size());
  for (const auto& tensor : checkpoint.tensors) {
    append(bytes, tensor.values.data(), tensor.values.size() * sizeof(float));
  }
  const std::uint64_t checksum = fnv1a(bytes);
  append(bytes, &checksum, sizeof checksum);
  io::write_file_atomically(path, bytes);
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const std::vector<std::uint8_t> bytes = io::read_file(path);
  const auto damaged = [&path](const std::string& why) {
    return UserError("the checkpoint " + path.string() + " is damaged: " + why,
                     "start the training anew, without --resume");
  };
  if (bytes.size() < kMagic.size() + 16 ||
      std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
    throw damaged("it does not begin as one");
  }
  const std::span<const std::uint8_t> content(bytes.data(), bytes.size() - sizeof(std::uint64_t));
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, bytes.data() + content.size(), sizeof checksum);
  if (checksum != fnv1a(content)) throw damaged("its checksum is wrong");

  Reader reader(content.subspan(kMagic.size()));
  std::uint64_t header_size = 0;
  if (!reader.take(&header_size, sizeof header_size) || header_size > reader.left()) {
    throw damaged("its header is cut off");
  }
  std::string header(header_size, '\0');
  reader.take(header.data(), header.size());
  try {
    const json fields = json::parse(header);
    Checkpoint checkpoint;
    checkpoint.fingerprint = fields.at("fingerprint").get<std::string>();
    checkpoint.epoch = fields.at("epoch").get<int>();
    checkpoint.step = fields.at("step").get<std::int64_t>();
    checkpoint.records = fields.at("records").get<std::string>();
    for (const json& entry : fields.at("tensors")) {
      Checkpoint::Tensor tensor;
      tensor.name = entry.at("name").get<std::string>();
      const auto count = entry.at("count").get<std::size_t>();
      if (count > reader.left() / sizeof(float))
        throw damaged("the tensor " + tensor.name + " is cut off");
      tensor.values.resize(count);
      reader.take(tensor.values.data(), count * sizeof(float));
      checkpoint.tensors.push_back(std::move(tensor));
    }
    return checkpoint;
  } catch (const json::exception& error) {
    throw damaged(error.what());
  }
}

}  // namespace camloss::train
