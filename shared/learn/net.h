// The fcn network in training: forward with what backward needs, and the slope of the loss in every weight.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "shared/learn/crew.h"
#include "shared/learn/operators.h"
#include "shared/learn/products.h"
#include "shared/weights/weights.h"

namespace camloss::learn {

/// Sizes of a network that learns.
struct NetShape {
  int input_size = 96;       // S, pixels, a multiple of 8
  int context = 1;           // K
  int context_dilation = 1;  // d
  int batch = 16;            // most pictures at once

  [[nodiscard]] int cells() const noexcept { return input_size / kCellStride; }
  /// Cells from the middle tap of the context to the outermost one.
  [[nodiscard]] int reach() const noexcept { return context_dilation * (context - 1) / 2; }
};

/// Every buffer is allocated by the constructor.
class Net {
 public:
  explicit Net(const NetShape& shape, const Operators& table = operators(), const Crew& crew = {});
  Net(const Net&) = delete;
  Net& operator=(const Net&) = delete;

  [[nodiscard]] const NetShape& shape() const noexcept { return shape_; }
  /// All weights in the network's order (tensor_specs without the running statistics), and ∂loss/∂ of each since the last
  /// backward. Those of the biases of conv1 … conv3 are 0: the batch norm takes them out again.
  [[nodiscard]] std::span<float> values() noexcept { return values_; }
  [[nodiscard]] std::span<const float> gradient() const noexcept { return gradient_; }
  /// Running mean and variance of bn1 … bn3, one after the other.
  [[nodiscard]] std::span<float> statistics() noexcept { return statistics_; }

  /// Takes the tensors of a network of the same shape.
  void load(const Weights& weights);
  /// The tensors, with head, size and context in the info.
  [[nodiscard]] Weights weights() const;

  /// Where a picture of the next batch is written: (S + 2, S + 2, 4), see Augmenter.
  [[nodiscard]] std::span<float> input(int picture) noexcept;
  /// A batch in training mode; moves the running statistics.
  /// @param momentum  share of the batch in them
  /// @return (pictures, N), the cells' logits, until the next forward
  std::span<const float> forward(int pictures, double momentum);
  /// The same as in use: the batch norms go by the running statistics, which stay. backward must not follow.
  std::span<const float> answer(int pictures);
  /// From the slope in the cells' logits of the last forward to gradient().
  void backward(std::span<const float> cell_slope);

 private:
  static constexpr int kFirst = kTrunkChannels[1],
                       kSecond = kTrunkChannels[3];  // channels after conv1 and conv2
  static_assert(kFirst == kTrunkChannels[2]);
  enum Product : std::size_t { kBoth, kConv2, kConv3, kFc0, kFc4 = kFc0 + 4, kProducts = kFc4 };
  /// Parts of a lane's slopes: of the products as they are packed, of fc4's weights, of the biases fc0 … fc4.
  enum SlopePart : std::size_t { kBias0 = kFc4 + 1, kSlopeParts = kBias0 + 5 };

  struct Norm {                  // a batch norm with the max-pool after it
    int channels = 0, side = 0;  // side of its input, pixels
    std::size_t scale_at = 0, shift_at = 0, statistics_at = 0;
    std::vector<float> mean, scale, shift;  // of this batch: y = scale·x + shift
    std::vector<double> sum, square;        // over the batch, of its lanes' sums
    std::vector<double> inverse;            // 1/√(var + ε)
    std::vector<float> even, tilt;          // of its backward
  };
  /// A feature map of every picture of a batch, with a rim of zeros.
  struct Map {
    int side = 0, width = 0, channels = 0;  // width: with the rim
    std::size_t first = 0;                  // of pixel (0, 0), floats
    std::vector<float> values;

    Map() = default;
    /// @param before, after  pixels of the rim
    Map(int pictures, int side_, int before, int after, int channels_);
    [[nodiscard]] std::ptrdiff_t stride() const noexcept {
      return std::ptrdiff_t{width} * channels;
    }
    [[nodiscard]] std::size_t picture_floats() const noexcept {
      return static_cast<std::size_t>(width) * static_cast<std::size_t>(width) *
             static_cast<std::size_t>(channels);
    }
    [[nodiscard]] float* at(int picture, int row = 0) noexcept {
      return values.data() + static_cast<std::size_t>(picture) * picture_floats() + first +
             row * stride();
    }
  };

  /// What the pictures of a lane come to, and what each needs in between.
  struct Lane {
    std::vector<float> slopes;  // of products and biases, see slope_at_
    std::vector<double> sums;   // two of each channel of bn1 … bn3, see Norm::statistics_at
    std::array<std::vector<float>, 4> hidden_slope;  // (N, width) of one picture, but fc0's
    Map context_slope;                               // fc0's, (C + 2R, C + 2R, 128)
    std::vector<double> channel_sum, unused;         // of the widest layer
  };

  void place_tensors();
  void make_products();
  void make_lanes();
  void pack();
  void compose();
  void compose_backward();
  /// The cells' logits of a batch. @param normalise  called with each norm once its sums are there
  template <class Normalise>
  std::span<const float> run(int pictures, Normalise normalise);
  [[nodiscard]] float* slopes_of(int lane, std::size_t part) {
    return lanes_[static_cast<std::size_t>(lane)].slopes.data() + slope_at_[part];
  }
  /// Its two sums, (2, channels).
  [[nodiscard]] double* sums_of(int lane, const Norm& norm) {
    return lanes_[static_cast<std::size_t>(lane)].sums.data() + norm.statistics_at;
  }
  /// Moves the lanes' sums of a norm into it.
  void gather(Norm& norm);
  /// Moves the lanes' slopes into the gradient.
  void gather_slopes();
  void finish_statistics(Norm& norm, int pictures, double momentum);
  void use_statistics(Norm& norm);
  /// What a norm of that mean and variance makes of its input.
  void set_norm(Norm& norm, std::size_t channel, double mean, double var);
  [[nodiscard]] NormPool layer(const Norm& norm, const Map& x, std::ptrdiff_t pooled_stride) const;
  void head_forward(int picture);
  void head_backward(int lane, int picture, const float* cell_slope);
  /// Slopes of scale and shift, and what norm_pool_backward needs.
  void norm_backward(Norm& norm, Map& x, Map& slope);
  [[nodiscard]] std::size_t place(const char* tensor) const;

  NetShape shape_;
  const Operators& operators_;
  Crew crew_;
  int count_;  // N
  int pictures_ = 0;

  struct Placed {
    TensorSpec spec;
    std::size_t at, size;
    bool is_statistics;
  };
  std::vector<Placed> tensors_;
  std::vector<float> values_, gradient_, statistics_;

  std::vector<float> both_, both_slope_;  // conv0 and conv1 as one, (16, 4, 3, 3)
  std::array<LearntProduct, kProducts> products_;
  std::array<Norm, 3> norm_;
  std::array<std::size_t, kSlopeParts + 1> slope_at_{};  // where each part begins, and the end
  std::vector<Lane> lanes_;

  std::vector<float> inputs_;                 // (B, S + 2, S + 2, 4)
  Map y1_, y2_, y3_;                          // before the batch norms; then the slopes there
  Map p1_, p2_, features_;                    // pooled
  Map g1_, g2_, g3_;                          // slopes in the pooled
  std::array<std::vector<float>, 4> hidden_;  // (B, N, width), after the ReLU
  std::vector<float> cells_;                  // (B, N)
};

}  // namespace camloss::learn
