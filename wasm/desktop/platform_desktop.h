// What the desktop keeps behind the platform seam: files by photo, a decoding thread, and where
// things are saved.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "wasm/app/app.h"

struct GLFWwindow;

namespace camloss::ui {

class Desktop {
 public:
  enum class Wanted { pixels, display };

  Desktop(App& app, GLFWwindow* window);
  ~Desktop();
  Desktop(const Desktop&) = delete;
  Desktop& operator=(const Desktop&) = delete;

  /// Takes photos, folders and weights files, as dropped or given on the command line.
  void open(const std::vector<std::filesystem::path>& paths);
  /// Folder that the paths of weights/index.json are relative to.
  void set_site(std::filesystem::path site) { site_ = std::move(site); }
  /// Hands one decoded photo to the application; whether anything is still under way.
  bool deliver();

  void request(PhotoId photo, Wanted wanted);
  void forget(PhotoId photo);
  void cancel();
  void load_weights(int ticket, const std::string& path);
  /// Writes into the current folder and says so.
  void save(std::string_view name, const std::function<void(const std::filesystem::path&)>& write);
  void set_link(std::string_view link) { link_ = link; }
  [[nodiscard]] const std::string& link() const { return link_; }
  [[nodiscard]] App& app() { return app_; }
  [[nodiscard]] GLFWwindow* window() { return window_; }

 private:
  struct Job {
    PhotoId photo = 0;
    Wanted wanted = Wanted::pixels;
  };
  struct Done {
    Job job;
    Image picture, thumbnail;
    std::string error;
  };
  void add_folder(const std::filesystem::path& folder, const std::string& label,
                  std::vector<std::pair<std::filesystem::path, std::string>>& photos);
  void decode_loop();

  App& app_;
  GLFWwindow* window_;
  std::filesystem::path site_;
  std::string link_;
  PhotoId next_id_ = 1;
  std::mutex mutex_;  // guards all below
  std::condition_variable wake_worker_;
  std::map<PhotoId, std::filesystem::path> paths_;
  std::deque<Job> jobs_;
  std::deque<Done> done_;
  bool stop_ = false;
  std::thread worker_;  // last: it uses everything above
};

}  // namespace camloss::ui
