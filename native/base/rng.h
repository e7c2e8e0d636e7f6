// The counter-based random generator of the learning core, under the trainer's names.
#pragma once

#include "shared/learn/random.h"

namespace camloss::train {

using learn::CounterRng;
using learn::Purpose;
using learn::shuffle;

}  // namespace camloss::train
