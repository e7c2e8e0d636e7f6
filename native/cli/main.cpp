// The trainer's entry.
#include "native/cli/cli.h"
#include "native/cli/thread_waiting.h"

int main(int argc, char** argv) {
  camloss::train::wait_briefly(argc, argv);
  return camloss::train::run_trainer(argc, argv);
}
