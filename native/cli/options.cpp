// Hands each row to the parser.
#include "native/cli/options.h"

#include <CLI/CLI.hpp>

#include "native/cli/usage.h"

namespace camloss::train {
namespace {

constexpr int kMaxThreads = 1024;

}  // namespace

CLI::Option* Options::text(const std::string& name, std::string& value, const std::string& type,
                           const std::string& help, std::vector<std::string> words) {
  CLI::Option* option = command_->add_option(name, value, help)->type_name(type);
  words_[option] = std::move(words);
  return option;
}

CLI::Option* Options::text(const std::string& name, std::optional<std::string>& value,
                           const std::string& type, const std::string& help) {
  return command_->add_option(name, value, help)->type_name(type);
}

CLI::Option* Options::texts(const std::string& name, std::vector<std::string>& values,
                            const std::string& type, const std::string& help,
                            std::vector<std::string> words) {
  CLI::Option* option = command_->add_option(name, values, help)->type_name(type);
  words_[option] = std::move(words);
  return option;
}

CLI::Option* Options::whole_number(const std::string& name, int& value, int low, int high,
                                   const std::string& help) {
  return command_->add_option(name, value, help)->check(CLI::Range(low, high));
}

CLI::Option* Options::whole_number(const std::string& name, std::optional<int>& value, int low,
                                   int high, const std::string& help) {
  return command_->add_option(name, value, help)->check(CLI::Range(low, high));
}

CLI::Option* Options::flag(const std::string& name, bool& value, const std::string& help) {
  return command_->add_flag(name, value, help);
}

CLI::Option* Options::one_of(const std::string& name,
                             const std::function<void(const std::string&)>& take,
                             std::vector<std::string> words, const std::string& help) {
  CLI::Option* option =
      command_->add_option_function<std::string>(name, take, help)->check(CLI::IsMember(words));
  words_[option] = std::move(words);
  return option;
}

CLI::Option* Options::choice(const std::string& name, std::string& value,
                             std::vector<std::string> words, const std::string& help) {
  return one_of(
      name, [&value](const std::string& word) { value = word; }, std::move(words), help);
}

CLI::Option* Options::seed(const std::string& name, std::uint64_t& value, const std::string& help) {
  const auto take = [&value](const std::string& text) { value = parse_seed(text); };
  return command_->add_option_function<std::string>(name, take, help)->type_name("N");
}

void Options::seeds(std::vector<std::uint64_t>& values) {
  const auto take = [&values](const std::string& text) { values = parse_seeds(text); };
  command_->add_option_function<std::string>("--seeds", take, "Train once with each. Default: 1")
      ->type_name("1,2,3");
}

void Options::scene_seed(std::uint64_t& value) {
  seed("--scene-seed", value, "Of the embedded scenes. Default: 1");
}

void Options::threads(int& value) {
  whole_number("--threads", value, 1, kMaxThreads, "Default: as many as the machine has");
}

void Options::data_as_of_train(std::string& value) {
  text("--data", value, "PATH", "As of train. Default: the embedded scenes");
}

void Options::footer(const std::string& text) { command_->footer(text); }

const std::vector<std::string>& Options::words_of(const CLI::Option& option) const {
  static const std::vector<std::string> none;
  const auto found = words_.find(&option);
  return found == words_.end() ? none : found->second;
}

}  // namespace camloss::train
