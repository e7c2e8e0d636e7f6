// The losses against their formulas, cell by cell in double precision, and their gradients against
// autograd.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "native/train/losses.h"
#include "shared/maps/kernel.h"
#include "tests/native/trained_net.h"

using namespace camloss;
using camloss::test::random_input;
using camloss::test::trained_net;
using torch::Tensor;
using train::Loss;

namespace {

constexpr int kSide = 40;
constexpr int kCells = kSide / 8;
constexpr double kSigma = 0.25;

double cross_entropy(double z, double label) { return std::log1p(std::exp(-z)) + (1 - label) * z; }

double value(const Tensor& tensor) { return tensor.item<double>(); }

train::Recipe recipe_of(Loss loss) {
  train::Recipe recipe;
  recipe.loss = loss;
  recipe.input_size = kSide;
  recipe.sigma = kSigma;
  return recipe;
}

train::LossFunction loss_function(Loss loss) { return {recipe_of(loss), torch::kCPU}; }

/// M (B, N) of a batch, β and z, with the map of the dense head from autograd, differentiable once
/// more.
struct Reference {
  Tensor map, beta, logit;
};

Reference autograd_evidence(train::Net& net, const Tensor& features) {
  const Tensor logit = net->logit(features);
  if (net->head() == Head::fcn) {
    const Tensor map = net->evidence(features).map;
    return {map, torch::zeros_like(logit), logit};
  }
  const Tensor gradient =
      torch::autograd::grad({logit.sum()}, {features}, {}, true, /*create_graph=*/true)[0];
  const Tensor map = (features * gradient).sum(1).flatten(1) * (kCells * kCells);
  return {map, logit - map.mean(1), logit};
}

}  // namespace

TEST_CASE("losses follow their formulas") {
  const Head head = GENERATE(Head::fcn, Head::dense);
  const Loss loss = GENERATE(Loss::bce, Loss::split, Loss::quotient, Loss::absolute);
  CAPTURE(to_string(head), to_string(loss));
  train::Net net = trained_net(head, kSide, 21);
  const Tensor labels = torch::tensor({0.0F, 1.0F, 1.0F});
  Tensor features = net->features(train::with_rim(random_input(3, kSide, 8))).detach();
  features.requires_grad_(true);
  const train::LossFunction function = loss_function(loss);
  const train::LossTerms terms = function(*net, features, labels, {0.7, 0.4});

  const Reference evidence = autograd_evidence(net, features);
  const auto kernel = inverted_gaussian(kCells, static_cast<float>(kSigma));
  const auto centre = centre_weights(kCells, static_cast<float>(kSigma));
  double classify = 0, map = 0;
  for (int b = 0; b < 3; ++b) {
    double weighted = 0, off_centre = 0, magnitude = 0;
    for (int i = 0; i < kCells * kCells; ++i) {
      const double m = value(evidence.map[b][i]);
      const auto k = static_cast<std::size_t>(i);
      weighted += static_cast<double>(centre[k]) * m;
      off_centre += static_cast<double>(kernel[k]) * std::abs(m);
      magnitude += std::abs(m);
    }
    const double z =
        loss == Loss::split ? weighted + value(evidence.beta[b]) : value(evidence.logit[b]);
    classify += cross_entropy(z, value(labels[b])) / 3;
    map += (loss == Loss::quotient ? off_centre / magnitude : off_centre / (kCells * kCells)) / 3;
  }
  CHECK(value(terms.classify) == Approx(classify).epsilon(1e-4));
  CHECK(value(terms.logit[1]) == Approx(value(evidence.logit[1])).epsilon(1e-5));
  if (loss == Loss::bce) {
    CHECK_FALSE(terms.map.defined());
    CHECK(value(terms.total) == Approx(0.7 * classify).epsilon(1e-4));
  } else {
    CHECK(value(terms.map) == Approx(map).epsilon(1e-4));
    CHECK(value(terms.total) == Approx(0.7 * classify + 0.4 * map).epsilon(1e-4));
  }
}

TEST_CASE("the written-out map of the dense head differentiates as autograd's second derivative") {
  train::Net net = trained_net(Head::dense, kSide, 4);
  const Tensor labels = torch::tensor({0.0F, 1.0F});
  const Tensor input = train::with_rim(random_input(2, kSide, 9));
  const train::LossFunction function = loss_function(Loss::split);
  const auto gradients = [&net] {
    std::vector<Tensor> all;
    for (const Tensor& parameter : net->parameters()) {
      all.push_back(parameter.grad().defined() ? parameter.grad().clone()
                                               : torch::zeros_like(parameter));
      parameter.mutable_grad() = Tensor();
    }
    return all;
  };
  function(*net, net->features(input), labels, {1, 1}).total.backward();
  const std::vector<Tensor> written = gradients();

  const Tensor features = net->features(input);
  const Reference evidence = autograd_evidence(net, features);
  const Tensor kernel = torch::tensor(inverted_gaussian(kCells, static_cast<float>(kSigma)));
  const Tensor centre = torch::tensor(centre_weights(kCells, static_cast<float>(kSigma)));
  (torch::binary_cross_entropy_with_logits(torch::mv(evidence.map, centre) + evidence.beta,
                                           labels) +
   (evidence.map.abs() * kernel).mean())
      .backward();
  const std::vector<Tensor> twice = gradients();
  for (std::size_t i = 0; i < written.size(); ++i) {
    CAPTURE(i);
    const double scale = std::max(1e-3, value(twice[i].abs().max()));
    CHECK(value((written[i] - twice[i]).abs().max()) < 1e-3 * scale);
  }
}

TEST_CASE("the talk's losses follow slides and program") {
  train::Net net = trained_net(Head::dense, kSide, 6);
  const Tensor features = net->features(train::with_rim(random_input(2, kSide, 5))).detach();
  const Tensor labels = torch::tensor({0.0F, 1.0F});
  const Tensor last = net->last_layer().detach();
  std::vector<std::vector<double>> maps(2);  // (B, N)
  for (int b = 0; b < 2; ++b) {
    for (int i = 0; i < kCells * kCells; ++i) {
      double sum = 0;
      for (int c = 0; c < 32; ++c)
        sum += value(last[c]) * value(features[b][c][i / kCells][i % kCells]);
      maps[static_cast<std::size_t>(b)].push_back(sum);
    }
  }
  SECTION("talk: inverted kernel, element by element") {
    const auto kernel = inverted_gaussian(kCells, static_cast<float>(kSigma));
    double expected = 0;
    for (const auto& map : maps) {
      for (std::size_t i = 0; i < map.size(); ++i) {
        expected += static_cast<double>(kernel[i]) * map[i] / static_cast<double>(2 * map.size());
      }
    }
    const train::LossFunction function = loss_function(Loss::talk);
    CHECK(value(function(*net, features, labels, {0, 1}).map) == Approx(expected).epsilon(1e-4));
  }
  SECTION("talk-code: kernel not inverted, a matrix product, squared at the end") {
    // Up-sampled bilinearly with half-pixel centres, then multiplied as matrices.
    const auto gaussian = centre_weights(kSide, static_cast<float>(kSigma));
    double sum = 0;
    for (const auto& map : maps) {
      const auto at = [&map](double y, double x) {
        const auto clamp = [](double v) { return std::min(std::max(v, 0.0), kCells - 1.0); };
        y = clamp(y);
        x = clamp(x);
        const int y0 = static_cast<int>(y), x0 = static_cast<int>(x);
        const int y1 = std::min(y0 + 1, kCells - 1), x1 = std::min(x0 + 1, kCells - 1);
        const auto m = [&map](int r, int c) {
          return map[static_cast<std::size_t>(r * kCells + c)];
        };
        return (1 - (y - y0)) * ((1 - (x - x0)) * m(y0, x0) + (x - x0) * m(y0, x1)) +
               (y - y0) * ((1 - (x - x0)) * m(y1, x0) + (x - x0) * m(y1, x1));
      };
      for (int i = 0; i < kSide; ++i) {
        for (int j = 0; j < kSide; ++j) {
          for (int k = 0; k < kSide; ++k) {
            sum += at((i + 0.5) / 8 - 0.5, (k + 0.5) / 8 - 0.5) *
                   static_cast<double>(gaussian[static_cast<std::size_t>(k * kSide + j)]);
          }
        }
      }
    }
    const double mean = sum / (2.0 * kSide * kSide);
    const train::LossFunction function = loss_function(Loss::talk_code);
    const train::LossTerms terms = function(*net, features, labels, {0, 1});
    CHECK(value(terms.map) == Approx(mean * mean).epsilon(1e-3));
    CHECK_FALSE(terms.classify.defined());
  }
}

TEST_CASE("evidence of opposite sign does not cancel in the split loss") {
  train::Net net = trained_net(Head::fcn, kSide, 30);
  const Tensor features = net->features(train::with_rim(random_input(2, kSide, 31))).detach();
  const Tensor labels = torch::tensor({0.0F, 1.0F});
  const train::LossFunction function = loss_function(Loss::split);
  const double before = value(function(*net, features, labels, {1, 1}).map);
  {
    const torch::NoGradGuard no_grad;
    for (const auto& item : net->named_parameters()) {
      Tensor values = item.value();
      if (item.key().starts_with("fc4")) values.neg_();
    }
  }
  CHECK(value(function(*net, features, labels, {1, 1}).map) == Approx(before).epsilon(1e-5));
}

namespace {

/// Split evidence of one picture by its formula, in double precision.
struct SplitTerms {
  double classify = 0, penalty = 0;
};

/// @param kernel (N), K of the picture
SplitTerms split_terms(const Tensor& map, double label, const std::vector<double>& kernel,
                       std::size_t strongest) {
  std::vector<double> m, strength;
  for (std::int64_t i = 0; i < map.numel(); ++i) {
    m.push_back(value(map[i]));
    strength.push_back((1 - kernel[static_cast<std::size_t>(i)]) * std::abs(m.back()));
  }
  std::vector<double> sorted = strength;
  std::sort(sorted.rbegin(), sorted.rend());
  const double least = sorted[strongest - 1];
  double sum = 0, weights = 0, penalty = 0;
  for (std::size_t i = 0; i < m.size(); ++i) {
    penalty += kernel[i] * std::abs(m[i]) / static_cast<double>(m.size());
    if (strength[i] < least) continue;
    sum += (1 - kernel[i]) * m[i];
    weights += 1 - kernel[i];
  }
  return {cross_entropy(sum / weights, label), penalty};
}

}  // namespace

TEST_CASE("split evidence: strongest cells, own kernels, and a penalty that yields") {
  train::Net net = trained_net(Head::fcn, kSide, 12);
  const Tensor features = net->features(train::with_rim(random_input(3, kSide, 14))).detach();
  const Tensor labels = torch::tensor({0.0F, 1.0F, 1.0F});
  const Tensor map = net->evidence(features).map.detach();  // (3, N)
  constexpr std::size_t kCount = kCells * kCells;

  train::Recipe recipe = recipe_of(Loss::split);
  std::vector<std::vector<double>> kernels(3);  // K of each picture
  Tensor own;
  std::size_t strongest = kCount;
  SECTION("the strongest quarter of W|M| answers") {
    recipe.strongest = 0.25;
    strongest = (kCount + 3) / 4;
  }
  SECTION("each picture's own kernel") {
    own = torch::rand({3, static_cast<std::int64_t>(kCount)});
    for (std::size_t b = 0; b < 3; ++b) {
      for (std::size_t i = 0; i < kCount; ++i) {
        kernels[b].push_back(
            value(own[static_cast<std::int64_t>(b)][static_cast<std::int64_t>(i)]));
      }
    }
  }
  SECTION("a picture whose centre is wrong or unsure pays nothing off the centre") {
    recipe.lambda_yields = true;
  }
  const auto gaussian = inverted_gaussian(kCells, static_cast<float>(kSigma));
  double classify = 0, penalty = 0;
  int paying = 0;
  for (std::size_t b = 0; b < 3; ++b) {
    if (kernels[b].empty()) kernels[b].assign(gaussian.begin(), gaussian.end());
    const auto row = static_cast<std::int64_t>(b);
    const SplitTerms terms = split_terms(map[row], value(labels[row]), kernels[b], strongest);
    const double known =
        recipe.lambda_yields ? std::max(0.0, 1 - terms.classify / std::log(2.0)) : 1;
    paying += known > 0 ? 1 : 0;
    classify += terms.classify / 3;
    penalty += known * terms.penalty / 3;
  }
  if (recipe.lambda_yields) REQUIRE((paying > 0 && paying < 3));
  const train::LossFunction function(recipe, torch::kCPU);
  const train::LossTerms terms = function(*net, features, labels, {1, 0.5}, own);
  CHECK(value(terms.classify) == Approx(classify).epsilon(1e-4));
  CHECK(value(terms.map) == Approx(penalty).epsilon(1e-4));
  CHECK(value(terms.total) == Approx(classify + 0.5 * penalty).epsilon(1e-4));
}
