// The matrix that is predicted on.
#pragma once
#include <cmath>
#include <cstdint>

#include "trees.h"

struct Data {
  const void* start;
  bool single;  // float32, else float64
  int64_t row_step, column_step;

  // As LightGBM sees it: dense rows lose what is as small as zero before any tree looks at them (src/c_api.cpp).
  double at(int64_t row, int64_t column) const {
    int64_t place = row * row_step + column * column_step;
    double value = single ? static_cast<double>(static_cast<const float*>(start)[place]) : static_cast<const double*>(start)[place];
    return std::fabs(value) <= kZeroThreshold ? 0.0 : value;
  }
};
