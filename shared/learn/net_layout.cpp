// A network's buffers and the order of its tensors: all that happens once, not in every step.
#include <algorithm>
#include <string>
#include <utility>

#include "shared/learn/net.h"

namespace camloss::learn {

Net::Map::Map(int pictures, int side_, int before, int after, int channels_)
    : side(side_), width(side_ + before + after), channels(channels_) {
  first = size_of(before, width + 1, channels);
  values.resize(static_cast<std::size_t>(pictures) * picture_floats() +
                size_of(kSlackPixels, channels));
}

Net::Net(const NetShape& shape, const Operators& table, const Crew& crew)
    : shape_(shape), operators_(table), crew_(crew), count_(shape.cells() * shape.cells()) {
  const int side = shape.input_size, batch = shape.batch, cells = shape.cells();
  const int reach = shape.reach();
  place_tensors();
  make_products();
  const char* names[] = {"bn1", "bn2", "bn3"};
  std::size_t statistics = 0;
  for (int i = 0; i < 3; ++i) {
    Norm& norm = norm_[static_cast<std::size_t>(i)];
    norm.channels = kTrunkChannels[static_cast<std::size_t>(i) + 2];
    norm.side = side >> i;
    norm.scale_at = place((std::string(names[i]) + ".weight").c_str());
    norm.shift_at = place((std::string(names[i]) + ".bias").c_str());
    norm.statistics_at = statistics;
    const auto channels = static_cast<std::size_t>(norm.channels);
    statistics += 2 * channels;
    for (auto* values : {&norm.mean, &norm.scale, &norm.shift, &norm.even, &norm.tilt})
      values->resize(channels);
    for (auto* values : {&norm.sum, &norm.square, &norm.inverse}) values->resize(channels);
  }
  inputs_.resize(size_of(batch, side + 2, side + 2) * 4 + size_of(kSlackPixels, 4));
  y1_ = Map(batch, side, 0, 0, kFirst);
  p1_ = Map(batch, side / 2, 0, 1, kFirst);
  g1_ = Map(batch, side / 2, 0, 0, kFirst);
  y2_ = Map(batch, side / 2, 1, 0, kSecond);
  p2_ = Map(batch, side / 4, 0, 1, kSecond);
  g2_ = Map(batch, side / 4, 0, 0, kSecond);
  y3_ = Map(batch, side / 4, 1, 0, kFeatureChannels);
  features_ = Map(batch, cells, reach, reach, kFeatureChannels);
  g3_ = Map(batch, cells, 0, 0, kFeatureChannels);
  for (std::size_t i = 0; i < hidden_.size(); ++i) {
    hidden_[i].resize(size_of(batch * count_ + kSlackPixels, kHeadWidths[i]));
  }
  cells_.resize(size_of(batch, count_));
  make_lanes();
}

void Net::make_lanes() {
  const int widest = *std::max_element(kHeadWidths.begin(), kHeadWidths.end());
  for (std::size_t part = 0; part < kSlopeParts; ++part) {
    const std::size_t size = part < kProducts ? products_[part].forward.size()
                             : part == kFc4   ? size_of(kHeadWidths[3])
                                              : size_of(kHeadWidths[part - kBias0]);
    slope_at_[part + 1] = slope_at_[part] + size;
  }
  lanes_.resize(static_cast<std::size_t>(crew_.lanes));
  for (Lane& lane : lanes_) {
    lane.slopes.resize(slope_at_.back());
    lane.sums.resize(statistics_.size());
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      lane.hidden_slope[i].resize(size_of(count_ + kSlackPixels, kHeadWidths[i]));
    }
    lane.context_slope = Map(1, shape_.cells(), shape_.reach(), shape_.reach(), kHeadWidths[0]);
    lane.channel_sum.resize(size_of(widest));
    lane.unused.resize(size_of(widest));
  }
}

void Net::place_tensors() {
  std::size_t values = 0, statistics = 0;
  for (TensorSpec& spec : tensor_specs(Head::fcn, shape_.input_size, shape_.context)) {
    std::size_t size = 1;
    for (const std::int64_t extent : spec.shape) size *= static_cast<std::size_t>(extent);
    const bool is_statistics = spec.name.find("running") != std::string::npos;
    std::size_t& at = is_statistics ? statistics : values;
    tensors_.push_back({std::move(spec), at, size, is_statistics});
    at += size;
  }
  values_.resize(values);
  gradient_.resize(values);
  statistics_.resize(statistics);
}

std::size_t Net::place(const char* tensor) const {
  return std::find_if(tensors_.begin(), tensors_.end(),
                      [&](const Placed& p) { return p.spec.name == tensor; })
      ->at;
}

void Net::make_products() {
  both_.resize(size_of(kFirst, 4, 9));
  both_slope_.resize(both_.size());
  products_[kBoth] = first_convolution(kFirst);
  products_[kConv2] = convolution(place("conv2.weight"), kFirst, kSecond);
  products_[kConv3] = convolution(place("conv3.weight"), kSecond, kFeatureChannels);
  const char* names[] = {"fc0.weight", "fc1.weight", "fc2.weight", "fc3.weight"};
  int taps = shape_.context * shape_.context, in = kFeatureChannels;
  for (std::size_t i = 0; i < 4; ++i) {
    products_[kFc0 + i] = head_layer(place(names[i]), in, kHeadWidths[i], taps);
    in = kHeadWidths[i];
    taps = 1;
  }
}

void Net::load(const Weights& weights) {
  for (const Placed& tensor : tensors_) {
    const std::vector<float>& from = weights.tensors.find(tensor.spec.name)->second.values;
    float* const to = (tensor.is_statistics ? statistics_ : values_).data() + tensor.at;
    std::copy_n(from.begin(), tensor.size, to);
  }
}

Weights Net::weights() const {
  Weights weights;
  weights.info.head = Head::fcn;
  weights.info.input_size = shape_.input_size;
  weights.info.context_size = shape_.context;
  weights.info.context_dilation = shape_.context_dilation;
  for (const Placed& tensor : tensors_) {
    const float* const from = (tensor.is_statistics ? statistics_ : values_).data() + tensor.at;
    weights.tensors[tensor.spec.name] = {tensor.spec.shape, {from, from + tensor.size}};
  }
  return weights;
}

}  // namespace camloss::learn
