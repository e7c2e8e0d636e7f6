// Two stacks of deeds, and which photos leave with them.
#include "wasm/app/history.h"

#include <utility>

namespace camloss::ui {
namespace {

constexpr std::size_t kMostDeeds = 100;

}  // namespace

void History::let_go(const Deed& deed) {
  if (const auto* removal = std::get_if<Removal>(&deed.what)) {
    for (const Removal::Taken& taken : removal->photos) lost_.push_back(taken.photo.id);
  }
}

void History::add(Deed deed) {
  for (const Deed& old : undone_) let_go(old);
  undone_.clear();
  if (done_.size() >= kMostDeeds) {
    let_go(done_.front());
    done_.erase(done_.begin());
  }
  done_.push_back(std::move(deed));
}

void History::clear() {
  for (const Deed& deed : done_) let_go(deed);
  for (const Deed& deed : undone_) let_go(deed);
  done_.clear();
  undone_.clear();
}

Deed* History::last() { return done_.empty() ? nullptr : &done_.back(); }

void History::undone() {
  undone_.push_back(std::move(done_.back()));
  done_.pop_back();
}

Deed* History::next() { return undone_.empty() ? nullptr : &undone_.back(); }

void History::redone() {
  done_.push_back(std::move(undone_.back()));
  undone_.pop_back();
}

std::string History::undo_name() const { return done_.empty() ? std::string() : done_.back().name; }

std::string History::redo_name() const {
  return undone_.empty() ? std::string() : undone_.back().name;
}

Probing* History::probing_of(PhotoId photo) {
  if (done_.empty()) return nullptr;
  auto* probing = std::get_if<Probing>(&done_.back().what);
  return probing != nullptr && probing->photo == photo ? probing : nullptr;
}

std::vector<PhotoId> History::take_lost() { return std::exchange(lost_, {}); }

}  // namespace camloss::ui
