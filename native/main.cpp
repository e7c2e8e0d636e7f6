// The trainer's entry.
#include "native/cli.h"

int main(int argc, char** argv) { return camloss::train::run_trainer(argc, argv); }
