// The command line run in this process, in a scratch folder, with what it prints.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "native/cli/cli.h"
#include "native/io/files.h"
#include "tests/native/temporary_folder.h"

namespace camloss::test {

namespace fs = std::filesystem;
using io::read_text;
using train::run_trainer;

/// Sends a descriptor to a file while it lives.
class Redirect {
 public:
  Redirect(int descriptor, const fs::path& file)
      : descriptor_(descriptor), saved_(::dup(descriptor)) {
    std::fflush(nullptr);
    const int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(to, descriptor);
    ::close(to);
  }
  ~Redirect() {
    std::fflush(nullptr);
    ::dup2(saved_, descriptor_);
    ::close(saved_);
  }
  Redirect(const Redirect&) = delete;
  Redirect& operator=(const Redirect&) = delete;

 private:
  int descriptor_, saved_;
};

/// What a command left.
struct Ran {
  int code = 0;
  std::string out, err;
};

/// A folder that commands run around.
class Folder : public TemporaryFolder {
 public:
  [[nodiscard]] Ran run(const std::vector<std::string>& arguments) const {
    std::vector<const char*> argv{"trainer"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    Ran ran;
    const fs::path out = *this / ".out", err = *this / ".err";
    {
      const Redirect stdout_to(STDOUT_FILENO, out), stderr_to(STDERR_FILENO, err);
      ran.code = run_trainer(static_cast<int>(argv.size()), argv.data());
    }
    ran.out = io::read_text(out);
    ran.err = io::read_text(err);
    fs::remove(out);
    fs::remove(err);
    return ran;
  }
};

/// A training of a second or so on the embedded scenes.
inline std::vector<std::string> small_training(const std::string& out) {
  return {"train", "--epochs",  "1", "--input-size", "16", "--perturbed",
          "1",     "--threads", "2", "--out",        out};
}

inline std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace camloss::test
