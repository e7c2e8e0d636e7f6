// The fast network in training against the plain one, on every instruction set, at odd sizes; and the steps around it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "shared/learn/first_weights.h"
#include "shared/learn/net.h"
#include "shared/learn/optimizer.h"
#include "shared/learn/reference.h"
#include "shared/learn/training.h"
#include "shared/maps/kernel.h"
#include "shared/model.h"
#include "tests/core/random_weights.h"

using namespace camloss;
using namespace camloss::learn;
using learn::reference::Values;

namespace {

/// Planar pictures written as the network takes them.
void place(const std::vector<float>& planes, int side, std::span<float> out) {
  const auto n = static_cast<std::size_t>(side);
  std::fill(out.begin(), out.end(), 0.0F);
  for (std::size_t y = 0; y < n; ++y) {
    for (std::size_t x = 0; x < n; ++x) {
      float* const to = out.data() + (y * (n + 2) + x) * 4;
      for (std::size_t c = 0; c < 3; ++c) to[c] = planes[(c * n + y) * n + x];
      to[3] = 1;
    }
  }
}

/// Pictures whose colour tells the class: reddish and bluish noise with a bright square.
std::vector<std::vector<float>> coloured(int side, int count, std::uint64_t seed) {
  std::vector<std::vector<float>> pictures;
  const auto pixels = static_cast<std::size_t>(side * side);
  for (int i = 0; i < count; ++i) {
    std::vector<float> rgb =
        test::random_values(3 * pixels, seed + static_cast<std::uint64_t>(i), 0, 120);
    for (std::size_t k = 0; k < pixels; ++k) rgb[(i % 2 == 0 ? 0 : 2 * pixels) + k] += 100;
    pictures.push_back(std::move(rgb));
  }
  return pictures;
}

std::vector<Picture> labelled(const std::vector<std::vector<float>>& rgb) {
  std::vector<Picture> pictures;
  for (std::size_t i = 0; i < rgb.size(); ++i)
    pictures.push_back({rgb[i], static_cast<int>(i % 2), {}, {}, {}});
  return pictures;
}

Settings small_settings() {
  Settings settings;
  settings.input_size = 24;
  settings.context = 3;
  settings.loss = learn::Loss::split;
  settings.lambda_yields = true;
  settings.init = Init::glorot;
  settings.epochs = 6;
  settings.batch = 8;
  settings.optimizer.schedule = Schedule::cosine;
  settings.jitter.channels = 0.1;
  settings.mix = 1;
  settings.mix_sigma_spread = 0.1;
  return settings;
}

}  // namespace

TEST_CASE("fast and plain network agree in training on every instruction set", "[learn]") {
  const int side = GENERATE(8, 24, 40, 72);
  const auto context = GENERATE(test::Context{3, 4}, test::Context{1, 1}, test::Context{5, 2});
  const Weights weights = test::random_weights(Head::fcn, side, 5, context);
  constexpr int kBatch = 3;
  const auto floats = static_cast<std::size_t>(3 * side * side);
  const std::vector<float> targets{1, 0, 0.5F};
  Values pictures;
  std::vector<std::vector<float>> planes;
  for (std::uint64_t b = 0; b < kBatch; ++b) {
    planes.push_back(test::random_values(floats, 30 + b, -2, 2));
    pictures.insert(pictures.end(), planes.back().begin(), planes.back().end());
  }
  LossSettings settings;
  settings.loss = GENERATE(learn::Loss::bce, learn::Loss::split);
  settings.lambda_yields = true;
  const auto plain = learn::reference::step(weights, pictures, targets, settings, 0.8);
  const std::vector<float> kernel = inverted_gaussian(side / 8, 0.25F);

  for (const Operators* const table : available_operators()) {
    INFO("operators " << table->name << ", side " << side << ", K " << context.size << ", d "
                      << context.dilation);
    Net net({side, context.size, context.dilation, kBatch + 1}, *table);
    net.load(weights);
    for (int b = 0; b < kBatch; ++b) place(planes[static_cast<std::size_t>(b)], side, net.input(b));
    for (int round = 0; round < 2; ++round) {  // nothing of a batch is left for the next
      const auto cells = net.forward(kBatch, 0.1);
      REQUIRE(cells.size() == plain.cells.size());
      std::vector<float> slope(cells.size());
      const LossParts loss = batch_loss<float>(settings, 0.8, cells, targets, kernel, slope);
      net.backward(slope);
      double scale = 1e-6;
      for (const double cell : plain.cells) scale = std::max(scale, std::abs(cell));
      for (std::size_t i = 0; i < cells.size(); ++i) {
        REQUIRE(cells[i] == Approx(plain.cells[i]).margin(2e-5 * scale));
      }
      CHECK(loss.total == Approx(plain.loss.total).epsilon(1e-5));
    }
    // Slopes, tensor after tensor; those of the biases before a batch norm are zero.
    std::size_t at = 0;
    double largest = 0;
    for (const auto& [name, slopes] : plain.gradient) {
      for (const double g : slopes) largest = std::max(largest, std::abs(g));
    }
    for (const TensorSpec& spec : tensor_specs(Head::fcn, side, context.size)) {
      if (spec.name.find("running") != std::string::npos) continue;
      INFO(spec.name);
      const Values& expected = plain.gradient.at(spec.name);
      double scale = 1e-3 * largest;
      for (const double g : expected) scale = std::max(scale, std::abs(g));
      for (std::size_t i = 0; i < expected.size(); ++i) {
        if (std::abs(net.gradient()[at + i] - expected[i]) > 2e-4 * scale) {
          FAIL("slope " << i << " is " << net.gradient()[at + i] << " instead of " << expected[i]);
        }
      }
      at += expected.size();
    }
    CHECK(at == net.gradient().size());
    // Two batches at a momentum of 0.1, from the first statistics.
    const Weights after = net.weights();
    for (const char* name : {"bn1", "bn2", "bn3"}) {
      const std::string mean = std::string(name) + ".running_mean";
      const double before = weights.tensors.at(mean).values[3];
      CHECK(after.tensors.at(mean).values[3] ==
            Approx(0.81 * before + 0.19 * plain.mean.at(name)[3]).epsilon(1e-4).margin(1e-5));
    }
  }
}

TEST_CASE("in use the trained network is the core's own", "[learn]") {
  Settings settings = small_settings();
  const auto rgb = coloured(24, 16, 40);
  Training training(settings, labelled(rgb), 3);
  while (!training.finished()) REQUIRE(training.step().finite);
  auto checked = check(training.weights());
  REQUIRE(checked);
  Model model(*checked);
  int right = 0;
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    std::vector<float> input = rgb[i];
    for (float& value : input) value = (value / 255 - 0.5F) / 0.25F;
    const auto said = model.explain_tensor(input, Method::cam);
    REQUIRE(said);
    double logit = 0;
    const auto cells = training.judge(rgb[i]);
    for (const float cell : cells)
      logit += static_cast<double>(cell) / static_cast<double>(cells.size());
    CHECK(logit == Approx(said->logit).epsilon(1e-4).margin(1e-4));
    right += (said->logit > 0) == (i % 2 == 1) ? 1 : 0;
  }
  CHECK(right >= 15);
}

TEST_CASE("a training is a function of its settings and seed, and goes on where it stopped",
          "[learn]") {
  const Settings settings = small_settings();
  const auto rgb = coloured(24, 13, 50);  // 7 and 6: an epoch is 14, two batches of 8 and 6
  Training whole(settings, labelled(rgb), 4), again(settings, labelled(rgb), 4);
  CHECK(whole.steps_per_epoch() == 2);
  for (int i = 0; i < 5; ++i) {
    const StepResult a = whole.step(), b = again.step();
    CHECK(a.loss.total == b.loss.total);
    CHECK(a.pictures == (i % 2 == 0 ? 8U : 6U));
  }
  Training later(settings, labelled(rgb), 4);
  std::copy(whole.values().begin(), whole.values().end(), later.values().begin());
  std::copy(whole.velocity().begin(), whole.velocity().end(), later.velocity().begin());
  std::copy(whole.statistics().begin(), whole.statistics().end(), later.statistics().begin());
  later.go_to(whole.epoch(), whole.batch());
  for (int i = 0; i < 3; ++i) CHECK(whole.step().loss.total == later.step().loss.total);
  CHECK(std::equal(whole.values().begin(), whole.values().end(), later.values().begin()));
  Training other(settings, labelled(rgb), 5);
  CHECK(other.step().loss.total != again.step().loss.total);
}

TEST_CASE("lanes: the same bits whoever carries them out, the same training to rounding",
          "[learn]") {
  const Settings settings = small_settings();
  const auto rgb = coloured(24, 13, 50);  // the second batch of an epoch has six pictures
  const auto backwards = [](int parts, Crew::Task task, const void* context) {
    for (int part = parts; part-- > 0;) task(context, part);
  };
  const int lanes = GENERATE(2, 3, 8, 11);  // more lanes than pictures, too
  INFO(lanes << " lanes");
  Training one(settings, labelled(rgb), 4);
  Training forwards(settings, labelled(rgb), 4, operators(), {.lanes = lanes});
  Training turned(settings, labelled(rgb), 4, operators(), {.lanes = lanes, .run = backwards});
  for (int i = 0; i < 4; ++i) {
    const StepResult a = one.step(), b = forwards.step(), c = turned.step();
    CHECK(b.loss.total == c.loss.total);
    CHECK(a.loss.total == Approx(b.loss.total).epsilon(1e-4));
    CHECK(a.pictures == b.pictures);
  }
  const auto same = [](std::span<const float> a, std::span<const float> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  };
  CHECK(same(forwards.values(), turned.values()));
  CHECK(same(forwards.statistics(), turned.statistics()));
  for (std::size_t i = 0; i < one.values().size(); ++i) {
    REQUIRE(one.values()[i] == Approx(forwards.values()[i]).margin(1e-4));
  }
}

TEST_CASE("a loss that is not a number changes nothing and is told of", "[learn]") {
  Settings settings = small_settings();
  const auto rgb = coloured(24, 12, 60);
  Training training(settings, labelled(rgb), 4);
  training.values()[7] = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> before(training.values().begin() + 8, training.values().end());
  const std::vector<float> statistics(training.statistics().begin(), training.statistics().end());
  CHECK_FALSE(training.step().finite);
  CHECK(training.batch() == 0);
  CHECK(std::equal(before.begin(), before.end(), training.values().begin() + 8));
  CHECK(std::equal(statistics.begin(), statistics.end(), training.statistics().begin()));
}

TEST_CASE("rate, bound and update are PyTorch's", "[learn]") {
  OptimizerSettings settings;
  settings.learning_rate = 0.1;
  settings.schedule = Schedule::cosine;
  CHECK(scheduled_rate(settings, 0, 100, 10) == Approx(0.1));
  CHECK(scheduled_rate(settings, 50, 100, 10) == Approx(0.05));
  CHECK(scheduled_rate(settings, 99, 100, 10) < 1e-3);
  settings.warmup_epochs = 1;
  CHECK(scheduled_rate(settings, 0, 100, 10) == Approx(0.01));
  CHECK(clip_factor(settings, 0.5) == 1);
  CHECK(clip_factor(settings, 4) == Approx(0.25));
  settings.clip_norm = 0;
  CHECK(clip_factor(settings, 4) == 1);
  settings.momentum = 0.5;
  settings.weight_decay = 0.1;
  std::vector<float> weights{2}, velocity{1};
  const std::vector<float> gradient{3};
  sgd_step(settings, 0.1, 0.5, gradient, velocity, weights);
  CHECK(velocity[0] == Approx(0.5 + 1.5 + 0.2));
  CHECK(weights[0] == Approx(2 - 0.22));
}

TEST_CASE("first weights are uniform within the bound of their distribution", "[learn]") {
  const Weights glorot = first_weights(96, 3, 4, Init::glorot, 1);
  REQUIRE(check(glorot));
  const auto fc0 = [](std::uint64_t seed) {
    return first_weights(96, 3, 4, Init::glorot, seed).tensors.at("fc0.weight").values;
  };
  CHECK(glorot.tensors.at("fc0.weight").values == fc0(1));
  CHECK(fc0(1) != fc0(2));
  const auto largest = [](const NamedTensor& tensor) {
    float most = 0;
    for (const float value : tensor.values) most = std::max(most, std::abs(value));
    return most;
  };
  CHECK(largest(glorot.tensors.at("fc0.weight")) ==
        Approx(std::sqrt(6.0 / (9 * 160))).epsilon(0.01));
  CHECK(largest(glorot.tensors.at("fc0.bias")) == 0);
  const Weights torch = first_weights(96, 3, 4, Init::torch, 1);
  CHECK(largest(torch.tensors.at("fc0.weight")) == Approx(std::sqrt(1.0 / (9 * 32))).epsilon(0.01));
  CHECK(largest(torch.tensors.at("fc0.bias")) > 0);
  CHECK(torch.tensors.at("bn2.running_var").values[5] == 1);
}
