// The most floating-point operations a second that this machine's vector units do, measured: what
// operators' rates are held against.
#pragma once

#include <string_view>

namespace camloss::bench {

/// Runs chained multiply-adds on vectors that stay in registers. @return a value that depends on
/// all of them  @param flops what was executed, a multiply-add counting two
using PeakLoop = float (*)(long rounds, double* flops);

/// One instruction set's loop; the name is that of its kernels.
struct Peak {
  const char* name;
  PeakLoop loop;
};

/// Operations a second of one core with the instruction set of that name; measured at the first
/// call. 0 for an unknown name.
double peak_flops(std::string_view instruction_set);

}  // namespace camloss::bench
