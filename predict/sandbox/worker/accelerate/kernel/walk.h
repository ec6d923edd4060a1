#pragma once
#include <cstdint>

#include "data.h"
#include "trees.h"

// Adds to `sums` the leaf values of a walked tree for rows [start, start + rows).
void walk_tree(const Trees& trees, const Tree& tree, const Data& data, int64_t start, int64_t rows, double* sums);
