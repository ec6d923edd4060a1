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
  int64_t averaged;     // by how many iterations the sums are divided, 0: not at all
  const Objective* objective;  // nullptr: raw scores
  const Lanes* lanes;
  int threads;
  double* out;
};

// Predicts block by block. May throw std::bad_alloc.
void predict(const Trees& trees, const Ask& ask);
