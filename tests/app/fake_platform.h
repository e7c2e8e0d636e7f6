// What the application asked of its platform, for the tests of its logic: no browser, no window, no graphics card.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace camloss::ui::fake {

struct Asked {
  std::vector<std::pair<int, std::string>> weights;  // ticket and path of each load_weights
  std::vector<unsigned> pixels, displays, forgotten, checked, changed, removed;
  std::string link;
  int mirrored = 0;  // how often
  bool keeping = false;
  std::vector<std::string> announced, said;
  double now = 0;  // ms; what now_ms returns
};

/// Of the test at hand; a test begins with `asked() = {}`.
Asked& asked();

}  // namespace camloss::ui::fake
