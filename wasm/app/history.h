// What can be undone and done again: photos taken out, labels, and what was done to a photo in the probes.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "wasm/app/app_state.h"

namespace camloss::ui {

/// Photos taken out. Those in `photos` are held here while they are out.
struct Removal {
  struct Taken {
    std::size_t place = 0;  // in the list as it was before any of them went
    Photo photo;            // without inputs
  };
  std::vector<PhotoId> ids;
  std::vector<Taken> photos;  // by place; empty while they are in the list
};

struct Labelling {
  struct One {
    PhotoId photo = 0;
    std::string before, after;
  };
  std::vector<One> photos;
};

struct Probing {
  PhotoId photo = 0;
  ProbeChange before, after;
};

/// One thing that the user did.
struct Deed {
  std::string name;  // "removal of orca.jpg"
  std::variant<Removal, Labelling, Probing> what;
};

class History {
 public:
  /// Takes up what was just done; what had been undone can no longer be done again.
  void add(Deed deed);
  /// Forgets everything.
  void clear();
  /// The last deed, to be undone; null without one. `undone` puts it among those that can be done again.
  [[nodiscard]] Deed* last();
  void undone();
  /// The deed that was undone last; null without one. `redone` puts it back.
  [[nodiscard]] Deed* next();
  void redone();
  /// Their names; empty without one.
  [[nodiscard]] std::string undo_name() const;
  [[nodiscard]] std::string redo_name() const;
  /// The probing that a gesture goes on with; null where the last deed is of another kind or photo.
  [[nodiscard]] Probing* probing_of(PhotoId photo);
  /// Photos that were held here and can no longer come back since this was last asked.
  [[nodiscard]] std::vector<PhotoId> take_lost();

 private:
  void let_go(const Deed& deed);

  std::vector<Deed> done_, undone_;  // the last one at the back
  std::vector<PhotoId> lost_;
};

}  // namespace camloss::ui
