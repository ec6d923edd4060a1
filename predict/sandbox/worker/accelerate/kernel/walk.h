#pragma once
#include <cstdint>

#include "trees.h"

// Adds to `sums` the leaf values of a walked tree for `rows` rows; a column of cells has `width`.
void walk_tree(const Trees& trees, const Tree& tree, const uint16_t* cells, int64_t width, int64_t rows, double* sums);
