// C interface of the learning core as WebAssembly: what web/train-worker.mjs calls. One training at a time; memory is
// the caller's. A function that can fail returns 0 or null, and train_error says why.
#pragma once

#include <cstdint>

extern "C" {

/// What the model as it is now says of a picture, laid out for a Float64Array view.
struct TrainFigures {
  double logit;
  double probability;  // of class 1, calibrated once train_finish was called
  double off_centre_mass;
  double verdict;  // 0 or 1 for a class, 2 for undecided
};

/// The last step, laid out for a Float64Array view.
struct TrainStep {
  double epoch;  // under way, from 0
  double batch;  // batches done of it
  double steps_per_epoch;
  double finished;  // 0 or 1
  double loss;
  double classify;
  double map;
  double norm;
  double rate;
  double pictures;
  double right;
};

/// Numbers of the verdict's rules that its words need too, laid out for a Float64Array view; see shared/learn/verdict.h.
struct TrainRules {
  double few_pictures;
  double right;
  double silent;
  double spread;
};

void* train_alloc(std::uint32_t size);
void train_free(void* bytes);
const char* train_error();

/// A built-in recipe, "baseline" or "camloss", as JSON; empty for another name.
const char* train_recipe(const char* name);
/// Sets a number of the recipe: a field's name ("epochs", "jitter.channels", "optimizer.momentum"), a choice as its place
/// ("loss": 0 bce, 1 split; "init": 0 torch, 1 glorot; "optimizer.schedule": 0 constant, 1 cosine), yes or no as 1 or 0.
/// @return 1, or 0 where the core knows no such field, the number is out of its range, or pictures were added before.
std::int32_t train_setting(const char* name, double value);

/// The network's input of a picture: (3, S, S) floats in 0…255 that hold until the next call.
/// @param pixels  (height, width, 4) bytes
const float* train_resample(const std::uint8_t* pixels, std::int32_t width, std::int32_t height);
/// The same of an embedded scene.
/// @param part  0 train, 1 val, 2 shift (swapped background)
const float* train_scene(std::int32_t label, std::int32_t part, std::int32_t index);
/// Adds a picture, (3, S, S).
/// @param count  floats, 3·S·S
/// @param label  0 or 1
/// @param part   0: trained on; else evaluated alone
/// @return its number, from 0; -1 where count or label is another, or the settings do not go together.
std::int32_t train_picture(const float* rgb, std::uint32_t count, std::int32_t label,
                           std::int32_t part);

/// Begins; the pictures of part 0 must be of both classes.
/// @param seed  a whole number from 0 to 2^53
/// @return 1 or 0.
std::int32_t train_start(double seed);
/// One batch. @return 1, or 0 where a number is not finite.
std::int32_t train_step();
const TrainStep* train_progress();

/// The state, for going on later: bytes that hold until the next call, or null before train_start.
const std::uint8_t* train_state();
std::uint32_t train_state_size();
/// Goes on from such a state of a training with the same settings and pictures. @return 1 or 0.
std::int32_t train_restore(const std::uint8_t* bytes, std::uint32_t size);

/// Fits the temperature on the pictures of part 1. @return 1 or 0.
std::int32_t train_finish();
/// Judges a picture by the weights as they are now. @return figures until the next call, or null.
const TrainFigures* train_judge(std::int32_t picture);
/// Judges the centre of a picture on the border of another.
const TrainFigures* train_judge_swapped(std::int32_t picture, std::int32_t border);
/// Judges a picture whose centre is filled in.
const TrainFigures* train_judge_background(std::int32_t picture);
/// The evidence of the last judgement for the class that it names, over that picture: (S, S, 4) bytes of RGBA.
const std::uint8_t* train_overlay();

/// The model as a safetensors file; bytes that hold until the next call.
/// @param about  lines of class 0, class 1, recipe, seed, trained_on, metrics (one line of JSON)
const std::uint8_t* train_weights(const char* about);
std::uint32_t train_weights_size();

const TrainRules* train_rules();
/// The verdict's word; see learn::VerdictFigures.
const char* train_verdict(double usual, double usual_after, double before, double after,
                          double sure_right, double unsure);
}
