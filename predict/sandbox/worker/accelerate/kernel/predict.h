#pragma once
#include <cstdint>

#include "data.h"
#include "lanes.h"
#include "objective.h"
#include "trees.h"

struct Ask {
  Data data;
  int64_t rows;
  int64_t classes;
  int64_t first, last;  // trees
  bool average;         // whether the sums are divided by the number of iterations, even if that is zero
  int64_t iterations;
  const Objective* objective;  // nullptr: raw scores
  const Lanes* lanes;
  int threads;
  double* out;
};

// Predicts block by block. May throw what std::vector throws when memory runs out.
void predict(const Trees& trees, const Ask& ask);
