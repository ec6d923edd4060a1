// From raw scores to what an objective makes of them: the formulas of LightGBM's src/objective/*.hpp, ConvertOutput.
// The numbers are the same because exp and log1p are the same functions of the same C library.
#pragma once
#include <cstdint>
#include <string_view>

struct Objective {
  enum class Kind { kIdentity, kSquare, kExp, kLogistic, kSigmoid, kSigmoids, kSoftmax, kLogOfExp };
  Kind kind = Kind::kIdentity;
  double sigmoid = 1.0;

  // Reads what stands after `objective=`.
  static Objective parse(std::string_view text, int64_t classes);

  // Converts the scores of one row in place.
  void convert(double* row, int64_t classes) const;
};
