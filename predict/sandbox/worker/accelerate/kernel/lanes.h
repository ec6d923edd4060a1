// The inner loops, once for each instruction set: all give the same bits.
#pragma once
#include <cstdint>

#include "trees.h"

struct Lanes {
  const char* name;
  bool (*known)();

  // Adds to `sums` the leaf value of one tree for `rows` rows, a multiple of 64. A plane has `rows` bytes.
  void (*add_tree)(const BlockNode* nodes, uint32_t count, const double* leaves, uint32_t leaf_count, const uint8_t* planes,
                   int64_t rows, double* sums);

  // How many of `count` sorted thresholds, one at least, are below each of `rows` values, a multiple of 8 but for
  // kPortable. NaN: none.
  void (*rank)(const double* values, int64_t rows, const double* thresholds, uint32_t count, uint16_t* ranks);
};

constexpr int64_t kLeafPadding = 32;  // what may be read behind the last leaf

extern const Lanes kAvx512, kAvx2, kPortable;
