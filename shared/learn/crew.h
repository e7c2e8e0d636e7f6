// How the parts of a step that do not depend on each other are carried out: one after the other, or by several threads
// where the program has some.
#pragma once

namespace camloss::learn {

struct Crew {
  using Task = void (*)(const void* context, int part);

  /// Parts that a batch is divided into. Sums are added in their order, so a training's results depend on `lanes` and
  /// not on who carries the parts out.
  int lanes = 1;
  /// Calls task(context, part) for each part < parts and returns once all are done.
  void (*run)(int parts, Task task, const void* context) = one_by_one;

  static void one_by_one(int parts, Task task, const void* context) {
    for (int part = 0; part < parts; ++part) task(context, part);
  }

  /// Calls body(lane, item) for each item < items: neighbours are of one lane, in their order.
  template <class Body>
  void each(int items, const Body& body) const {
    const auto lane_of = [&](int lane) {
      const int end = (lane + 1) * items / lanes;
      for (int item = lane * items / lanes; item < end; ++item) body(lane, item);
    };
    run(
        lanes,
        [](const void* context, int lane) {
          (*static_cast<const decltype(lane_of)*>(context))(lane);
        },
        &lane_of);
  }
};

}  // namespace camloss::learn
