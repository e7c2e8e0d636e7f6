// Options of a command, one call each: from these rows follow parsing, --help, completion and the manual page.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/weights/weights.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace camloss::train {

/// Declares the options of one command. Each value keeps what it holds where its option is not given, and must
/// outlive the parsing. A name without "--" is the command's arguments without a name.
class Options {
 public:
  explicit Options(CLI::App& command) : command_(&command) {}

  /// @param type  as --help shows it. Files are completed for one that holds FILE or PATH, folders for DIR
  /// @param words  that completion offers; others are taken, too
  CLI::Option* text(const std::string& name, std::string& value, const std::string& type,
                    const std::string& help, std::vector<std::string> words = {});
  CLI::Option* text(const std::string& name, std::optional<std::string>& value,
                    const std::string& type, const std::string& help);
  /// An option that may be repeated.
  CLI::Option* texts(const std::string& name, std::vector<std::string>& values,
                     const std::string& type, const std::string& help,
                     std::vector<std::string> words = {});
  CLI::Option* whole_number(const std::string& name, int& value, int low, int high,
                            const std::string& help);
  CLI::Option* whole_number(const std::string& name, std::optional<int>& value, int low, int high,
                            const std::string& help);
  CLI::Option* flag(const std::string& name, bool& value, const std::string& help);

  /// One of the words, and what each stands for.
  template <class Target, class Value>
  CLI::Option* choice(const std::string& name, Target& value,
                      const std::vector<std::pair<std::string, Value>>& meanings,
                      const std::string& help) {
    std::vector<std::string> words;
    std::map<std::string, Value> by_word;
    for (const auto& [word, meaning] : meanings) {
      words.push_back(word);
      by_word.emplace(word, meaning);
    }
    return one_of(
        name, [&value, by_word](const std::string& word) { value = by_word.at(word); },
        std::move(words), help);
  }
  CLI::Option* choice(const std::string& name, std::string& value, std::vector<std::string> words,
                      const std::string& help);

  // What several commands have.
  CLI::Option* seed(const std::string& name, std::uint64_t& value, const std::string& help);
  void seeds(std::vector<std::uint64_t>& values);
  void scene_seed(std::uint64_t& value);
  void threads(int& value);
  void data_as_of_train(std::string& value);
  void dtype(DType& value, const std::string& help) {
    choice("--dtype", value,
           std::vector{std::pair{std::string("f16"), DType::f16}, {"f32", DType::f32}}, help);
  }
  void written_as_json(bool& value) { flag("--json", value, "Print what was written as JSON"); }

  /// What stands below the options in --help: examples, and what the command writes.
  void footer(const std::string& text);

  /// Words that completion offers behind an option, or for the arguments without a name.
  [[nodiscard]] const std::vector<std::string>& words_of(const CLI::Option& option) const;
  [[nodiscard]] const CLI::App& command() const { return *command_; }

 private:
  CLI::Option* one_of(const std::string& name, const std::function<void(const std::string&)>& take,
                      std::vector<std::string> words, const std::string& help);

  CLI::App* command_;
  std::map<const CLI::Option*, std::vector<std::string>> words_;
};

}  // namespace camloss::train
