// A point or offset of the views; no window library, so that the application's logic builds without one.
#pragma once

namespace camloss::ui {

struct Point {
  float x = 0, y = 0;
};

}  // namespace camloss::ui
