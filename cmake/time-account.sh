# Where the time of a script went: real time and processor time of each part; to be sourced.
# shellcheck shell=bash

account_lines=()

# Processor time of all that this script started and that has ended, in hundredths of a second.
processor_time() {
  local fields
  read -r -a fields <"/proc/$$/stat"
  echo $(((fields[15] + fields[16]) * 100 / $(getconf CLK_TCK)))
}

start_account() { account_real=$SECONDS account_processor=$(processor_time); }

# account PART [DOWNLOAD]: closes a part; DOWNLOAD, the seconds of it that went into downloading.
account() {
  local real=$((SECONDS - account_real)) processor=$((($(processor_time) - account_processor) / 100)) line
  printf -v line '%-9s %2d min %02d s  (%d s of processor time%s)' "$1:" $((real / 60)) $((real % 60)) "$processor" \
    "${2:+, $2 s of downloading}"
  account_lines+=("$line")
  start_account
}

print_account() { printf '%s\n' "${account_lines[@]}"; }
