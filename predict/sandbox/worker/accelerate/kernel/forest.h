// LightGBM's trees, read from its model text and walked many rows at a time. The whole interface: plain C.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct Forest Forest;

enum { FOREST_FLOAT32 = 0, FOREST_FLOAT64 = 1 };                 // types of data, as LightGBM numbers them
enum { FOREST_DONE = 0, FOREST_NO_MEMORY = 1, FOREST_REFUSED = 2 };

// What a forest is, and how many bytes its text has.
typedef struct {
  int64_t trees, classes, features, iterations, text;
} ForestFacts;

// Reads a model text of `size` bytes, which is kept in little space. NULL if it is not one that is certain to be understood as LightGBM does:
// `why` (of `room` bytes) then says why.
Forest* forest_read(const char* text, int64_t size, char* why, int64_t room);
void forest_free(Forest* forest);
void forest_facts(const Forest* forest, ForestFacts* facts);

// Where a tree begins in the text; for the number behind the last one, where that ends.
int64_t forest_tree_start(const Forest* forest, int64_t number);

// Gives up the text: none of it may be asked for afterwards.
void forest_forget_text(Forest* forest);

// Writes a part of the text to `out`.
void forest_text(const Forest* forest, int64_t start, int64_t size, char* out);

// Predicts what LGBM_BoosterPredictForMat does for the same arguments: `out` takes rows * classes numbers.
// `way` names an instruction set (`forest_way`), "" the best that this processor knows.
int forest_predict(const Forest* forest, const void* data, int type, int64_t rows, int64_t columns, int row_major,
                   int64_t first, int64_t iterations, int raw, int threads, const char* way, double* out);

// The instruction sets that this processor knows, best first; NULL after the last.
const char* forest_way(int number);

#ifdef __cplusplus
}
#endif
