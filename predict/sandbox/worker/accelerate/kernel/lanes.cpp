// How far it goes, measured with AVX-512 on a Xeon at 4.0 GHz, one thread, 512 rows in a block:
//
// - A tree of 31 leaves takes 114 cycles for 64 rows: 1.8 for a row, where LightGBM's walk takes about 290. Comparisons,
//   permutations and broadcasts run on one port of these processors: two for each of 30 nodes, 32 to find 64 leaf values,
//   and three broadcasts of a node's bytes for eight vectors make 103. So 90 % of what that port can do is reached.
// - With 1,100 features the ranks of a block (550 KB) lie in the second cache, and the same tree takes 146 cycles.
// - 90,000 trees are 43 MB of nodes and leaves, read once for each block, in order: 1.7 GB/s of the 13 GB/s that one
//   thread reads here. Neither prefetching nor a denser layout would be noticed; eight bytes for a node is why.
// - AVX2 has half the rows in a vector, and more instructions to compare bytes: 1,347 for the same 64 rows, in three
//   times as long; 16 bytes as every processor has them: 2,760, in five times as long (callgrind). That is more than four
//   instructions in each cycle: what remains to be saved is instructions, not waiting.
//
// Ranks are what makes it fast: a byte instead of a double is eight times the rows in a vector and an eighth of the
// memory. Keeping the rows of each subtree as bits in mask registers needs as many instructions, spread over two ports.
// Blending the leaf numbers from the leaves up to the root needs one comparison less for each node, and a stack in
// memory instead; predicting is a third of the time of a run by now, and reading the text the rest.
#include "lanes.h"

#define INLINED inline __attribute__((always_inline))

namespace {

constexpr int64_t kMostLinear = 16;  // thresholds that are compared one by one: a search has steps that wait for each other

// Vectors of 16 bytes, as every processor of ours has them: SSE2, NEON.
struct Bytes {
  static constexpr int kWidth = 16;
  typedef uint8_t Vector __attribute__((vector_size(kWidth)));
  static constexpr int kVectors = 4;  // at a time, so that none waits for another
  static constexpr int64_t kRows = kWidth * kVectors;

  static INLINED Vector load(const uint8_t* from) {
    Vector vector;
    __builtin_memcpy(&vector, from, kWidth);
    return vector;
  }

  static INLINED Vector all(uint8_t byte) { return Vector{} + byte; }

  static INLINED Vector above(const BlockNode& node, const uint8_t* plane, int64_t rows) {
    Vector low = load(plane);
    if (!(node.plane & kWide)) return reinterpret_cast<Vector>(low > all(static_cast<uint8_t>(node.rank)));
    Vector high = load(plane + rows), limit = all(static_cast<uint8_t>(node.rank >> 8));
    Vector same = reinterpret_cast<Vector>(high == limit);
    return reinterpret_cast<Vector>(high > limit) | (same & reinterpret_cast<Vector>(low > all(static_cast<uint8_t>(node.rank))));
  }

  static INLINED void add(const BlockNode* nodes, uint32_t count, const double* leaves, const uint8_t* planes, int64_t rows, double* sums) {
    Vector leaf[kVectors] = {};
    for (const BlockNode* node = nodes; node < nodes + count; ++node) {
      const uint8_t* plane = planes + (node->plane & ~kWide) * rows;
      Vector first = all(node->first), right = all(node->right);
      for (int i = 0; i < kVectors; ++i) {
        Vector moves = above(*node, plane + i * kWidth, rows) & reinterpret_cast<Vector>(leaf[i] == first);
        leaf[i] = (moves & right) | (~moves & leaf[i]);
      }
    }
    uint8_t reached[kRows];
    __builtin_memcpy(reached, leaf, kRows);
    for (int64_t row = 0; row < kRows; ++row) sums[row] += leaves[reached[row]];
  }

  static INLINED void add_all(const BlockNode* nodes, uint32_t count, const double* leaves, const uint8_t* planes, int64_t rows, double* sums) {
    for (int64_t row = 0; row < rows; row += kRows) add(nodes, count, leaves, planes + row, rows, sums + row);
  }
};

INLINED void rank_some(const double* values, int64_t rows, const double* thresholds, uint32_t count, uint16_t* ranks) {
  constexpr int64_t kSome = 64;
  uint32_t found[kSome] = {};
  if (count <= kMostLinear) {
    for (uint32_t i = 0; i < count; ++i) {
      for (int64_t row = 0; row < rows; ++row) found[row] += thresholds[i] < values[row];
    }
  } else {
    uint32_t length = count;
    for (; length > 1; length -= length / 2) {
      uint32_t half = length / 2;
      for (int64_t row = 0; row < rows; ++row) found[row] += thresholds[found[row] + half - 1] < values[row] ? half : 0;
    }
    for (int64_t row = 0; row < rows; ++row) found[row] += thresholds[found[row]] < values[row];
  }
  for (int64_t row = 0; row < rows; ++row) ranks[row] = static_cast<uint16_t>(found[row]);
}

INLINED void rank_all(const double* values, int64_t rows, const double* thresholds, uint32_t count, uint16_t* ranks) {
  for (int64_t row = 0; row < rows; row += kLanes) rank_some(values + row, rows - row < kLanes ? rows - row : kLanes, thresholds, count, ranks + row);
}

void add_tree_portable(const BlockNode* nodes, uint32_t count, const double* leaves, uint32_t, const uint8_t* planes, int64_t rows, double* sums) {
  Bytes::add_all(nodes, count, leaves, planes, rows, sums);
}

void rank_portable(const double* values, int64_t rows, const double* thresholds, uint32_t count, uint16_t* ranks) {
  rank_all(values, rows, thresholds, count, ranks);
}

bool always() { return true; }

}  // namespace

const Lanes kPortable = {"portable", always, add_tree_portable, rank_portable};

#ifdef __x86_64__
#include <immintrin.h>

namespace {

#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

AVX2 INLINED __m256i is_above(__m256i ranks, __m256i limit) {  // there is no comparison of bytes without a sign
  return _mm256_xor_si256(_mm256_cmpeq_epi8(_mm256_max_epu8(ranks, limit), limit), _mm256_set1_epi8(-1));
}

AVX2 INLINED __m256i load(const uint8_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }

AVX2 INLINED __m256i above(const BlockNode& node, const uint8_t* plane, int64_t rows, __m256i low_limit, __m256i high_limit) {
  __m256i low = is_above(load(plane), low_limit);
  if (!(node.plane & kWide)) return low;
  __m256i high = load(plane + rows);
  return _mm256_or_si256(is_above(high, high_limit), _mm256_and_si256(_mm256_cmpeq_epi8(high, high_limit), low));
}

template <int kVectors>
AVX2 INLINED void add_some(const BlockNode* nodes, uint32_t count, const double* leaves, const uint8_t* planes, int64_t rows, double* sums) {
  __m256i leaf[kVectors];
  for (int i = 0; i < kVectors; ++i) leaf[i] = _mm256_setzero_si256();
  for (const BlockNode* node = nodes; node < nodes + count; ++node) {
    const uint8_t* plane = planes + (node->plane & ~kWide) * rows;
    __m256i low = _mm256_set1_epi8(static_cast<char>(node->rank)), high = _mm256_set1_epi8(static_cast<char>(node->rank >> 8));
    __m256i first = _mm256_set1_epi8(static_cast<char>(node->first)), right = _mm256_set1_epi8(static_cast<char>(node->right));
    for (int i = 0; i < kVectors; ++i) {
      __m256i moves = _mm256_and_si256(above(*node, plane + 32 * i, rows, low, high), _mm256_cmpeq_epi8(leaf[i], first));
      leaf[i] = _mm256_blendv_epi8(leaf[i], right, moves);
    }
  }
  alignas(32) uint8_t reached[32 * kVectors];
  for (int i = 0; i < kVectors; ++i) _mm256_store_si256(reinterpret_cast<__m256i*>(reached + 32 * i), leaf[i]);
  for (int64_t row = 0; row < 32 * kVectors; ++row) sums[row] += leaves[reached[row]];
}

AVX2 void add_tree_avx2(const BlockNode* nodes, uint32_t count, const double* leaves, uint32_t, const uint8_t* planes, int64_t rows, double* sums) {
  int64_t row = 0;
  for (; row + 256 <= rows; row += 256) add_some<8>(nodes, count, leaves, planes + row, rows, sums + row);
  for (; row < rows; row += 64) add_some<2>(nodes, count, leaves, planes + row, rows, sums + row);
}

AVX2 void rank_avx2(const double* values, int64_t rows, const double* thresholds, uint32_t count, uint16_t* ranks) {
  rank_all(values, rows, thresholds, count, ranks);
}

bool has_avx2() { return __builtin_cpu_supports("avx2"); }

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

AVX512 INLINED __m512i all(int byte) { return _mm512_set1_epi8(static_cast<char>(byte)); }

AVX512 INLINED __mmask64 above(const uint8_t* plane, __m512i limit) { return _mm512_cmpgt_epu8_mask(_mm512_loadu_si512(plane), limit); }

AVX512 INLINED __mmask64 above_wide(const BlockNode& node, const uint8_t* plane, int64_t rows) {
  __m512i high = _mm512_loadu_si512(plane + rows), limit = all(node.rank >> 8);
  return _mm512_cmpgt_epu8_mask(high, limit) | (_mm512_cmpeq_epu8_mask(high, limit) & above(plane, all(node.rank)));
}

// A tree of at most 32 leaves has its values in registers: a permutation finds them faster than 64 loads.
AVX512 INLINED __m512d value_of_few(__m512i leaf, const __m512d* values, uint32_t leaf_count) {
  __m512d found = _mm512_permutex2var_pd(values[0], leaf, values[1]);
  if (leaf_count <= 16) return found;
  return _mm512_mask_blend_pd(_mm512_test_epi64_mask(leaf, _mm512_set1_epi64(16)), found, _mm512_permutex2var_pd(values[2], leaf, values[3]));
}

AVX512 INLINED void add_values(const uint8_t* reached, int64_t rows, const double* leaves, uint32_t leaf_count, double* sums) {
  __m512d values[4];
  if (leaf_count <= kLeafPadding) {
    for (int i = 0; i < 4; ++i) values[i] = _mm512_loadu_pd(leaves + 8 * i);
  }
  for (int64_t row = 0; row < rows; row += 8) {
    __m512i leaf = _mm512_cvtepu8_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(reached + row)));
    __m512d value = leaf_count <= kLeafPadding ? value_of_few(leaf, values, leaf_count) : _mm512_i64gather_pd(leaf, leaves, 8);
    _mm512_storeu_pd(sums + row, _mm512_add_pd(_mm512_loadu_pd(sums + row), value));
  }
}

template <int kVectors>
AVX512 INLINED void add_rows(const BlockNode* nodes, uint32_t count, const double* leaves, uint32_t leaf_count, const uint8_t* planes, int64_t rows, double* sums) {
  __m512i leaf[kVectors];
  for (int i = 0; i < kVectors; ++i) leaf[i] = _mm512_setzero_si512();
  for (const BlockNode* node = nodes; node < nodes + count; ++node) {
    const uint8_t* plane = planes + (node->plane & ~kWide) * rows;
    __m512i limit = all(node->rank), first = all(node->first), right = all(node->right);
    bool wide = node->plane & kWide;
    for (int i = 0; i < kVectors; ++i) {
      __mmask64 moves = wide ? above_wide(*node, plane + 64 * i, rows) : above(plane + 64 * i, limit);
      leaf[i] = _mm512_mask_mov_epi8(leaf[i], _mm512_mask_cmpeq_epu8_mask(moves, leaf[i], first), right);
    }
  }
  alignas(64) uint8_t reached[64 * kVectors];
  for (int i = 0; i < kVectors; ++i) _mm512_store_si512(reached + 64 * i, leaf[i]);
  add_values(reached, 64 * kVectors, leaves, leaf_count, sums);
}

AVX512 void add_tree_avx512(const BlockNode* nodes, uint32_t count, const double* leaves, uint32_t leaf_count, const uint8_t* planes, int64_t rows, double* sums) {
  int64_t row = 0;
  for (; row + 512 <= rows; row += 512) add_rows<8>(nodes, count, leaves, leaf_count, planes + row, rows, sums + row);
  for (; row + 256 <= rows; row += 256) add_rows<4>(nodes, count, leaves, leaf_count, planes + row, rows, sums + row);
  for (; row < rows; row += 64) add_rows<1>(nodes, count, leaves, leaf_count, planes + row, rows, sums + row);
}

AVX512 INLINED __m512i count_below(__m512d value, const double* thresholds, uint32_t count) {
  __m512i found = _mm512_setzero_si512();
  const __m512i one = _mm512_set1_epi64(1);
  for (uint32_t i = 0; i < count; ++i) {
    __mmask8 below = _mm512_cmp_pd_mask(_mm512_set1_pd(thresholds[i]), value, _CMP_LT_OQ);
    found = _mm512_mask_add_epi64(found, below, found, one);
  }
  return found;
}

AVX512 INLINED __m512i step(__m512i found, __m512d value, const double* thresholds, uint32_t half) {
  __m512d threshold = _mm512_i64gather_pd(found, thresholds + half - 1, 8);
  return _mm512_mask_add_epi64(found, _mm512_cmp_pd_mask(threshold, value, _CMP_LT_OQ), found, _mm512_set1_epi64(half));
}

template <int kVectors>
AVX512 INLINED void rank_rows(const double* values, const double* thresholds, uint32_t count, uint16_t* ranks) {
  __m512d value[kVectors];
  __m512i found[kVectors];
  for (int i = 0; i < kVectors; ++i) value[i] = _mm512_loadu_pd(values + 8 * i), found[i] = _mm512_setzero_si512();
  if (count <= kMostLinear) {
    for (int i = 0; i < kVectors; ++i) found[i] = count_below(value[i], thresholds, count);
  } else {
    uint32_t length = count;
    for (; length > 1; length -= length / 2) {
      for (int i = 0; i < kVectors; ++i) found[i] = step(found[i], value[i], thresholds, length / 2);
    }
    for (int i = 0; i < kVectors; ++i) found[i] = step(found[i], value[i], thresholds, 1);
  }
  for (int i = 0; i < kVectors; ++i) _mm_storeu_si128(reinterpret_cast<__m128i*>(ranks + 8 * i), _mm512_cvtepi64_epi16(found[i]));
}

AVX512 void rank_avx512(const double* values, int64_t rows, const double* thresholds, uint32_t count, uint16_t* ranks) {
  int64_t row = 0;
  for (; row + 32 <= rows; row += 32) rank_rows<4>(values + row, thresholds, count, ranks + row);  // each waits for memory
  for (; row < rows; row += 8) rank_rows<1>(values + row, thresholds, count, ranks + row);
}

}  // namespace

const Lanes kAvx2 = {"avx2", has_avx2, add_tree_avx2, rank_avx2};
const Lanes kAvx512 = {"avx512", has_avx512, add_tree_avx512, rank_avx512};
#else
namespace {
bool never() { return false; }
}  // namespace

const Lanes kAvx2 = {"avx2", never, add_tree_portable, rank_portable};
const Lanes kAvx512 = {"avx512", never, add_tree_portable, rank_portable};
#endif
