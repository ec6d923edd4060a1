#include "objective.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "text.h"

namespace {

using Kind = Objective::Kind;

struct Named {
  std::string_view name;
  Kind kind;
};

constexpr Named kNamed[] = {
    {"regression", Kind::kIdentity},    {"regression_l1", Kind::kIdentity}, {"huber", Kind::kIdentity},
    {"fair", Kind::kIdentity},          {"quantile", Kind::kIdentity},      {"mape", Kind::kIdentity},
    {"lambdarank", Kind::kIdentity},    {"rank_xendcg", Kind::kIdentity},   {"poisson", Kind::kExp},
    {"gamma", Kind::kExp},              {"tweedie", Kind::kExp},            {"cross_entropy", Kind::kLogistic},
    {"regression sqrt", Kind::kSquare}, {"regression_l1 sqrt", Kind::kSquare}, {"cross_entropy_lambda", Kind::kLogOfExp},
};

// LightGBM reads this number digit by digit (Common::Atof), which need not be exact: both ways must agree.
double read_sigmoid(std::string_view text) {
  double exact = 0.0;
  auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), exact, std::chars_format::fixed);
  if (error != std::errc() || rest != text.data() + text.size() || text.size() > 15) refuse("its sigmoid is unusual");
  size_t point = std::min(text.find('.'), text.size());
  double whole = 0.0, right = 0.0, scale = 1.0;
  for (char c : text.substr(0, point)) whole = whole * 10.0 + (c - '0');
  for (char c : text.substr(std::min(point + 1, text.size()))) {
    right = right * 10.0 + (c - '0');
    scale *= 10.0;
  }
  if (text[0] == '-' || whole + right / scale != exact || exact == 0.0) refuse("its sigmoid is unusual");
  return exact;
}

std::string_view after(std::string_view text, std::string_view start) {
  if (text.substr(0, start.size()) != start) refuse("its objective is not known");
  return text.substr(start.size());
}

double sigmoid(double score, double steepness) { return 1.0 / (1.0 + std::exp(-steepness * score)); }

void softmax(double* row, int64_t classes) {
  double largest = row[0];
  for (int64_t k = 1; k < classes; ++k) largest = std::max(row[k], largest);  // in this order: it matters for NaN
  double sum = 0.0;
  for (int64_t k = 0; k < classes; ++k) sum += row[k] = std::exp(row[k] - largest);
  for (int64_t k = 0; k < classes; ++k) row[k] /= sum;
}

}  // namespace

Objective Objective::parse(std::string_view text, int64_t classes) {
  for (const Named& named : kNamed) {
    if (named.name != text) continue;
    if (classes != 1) refuse("it has several classes, and an objective for one");
    return {named.kind, 1.0};
  }
  if (text.substr(0, 7) == "binary ") {
    if (classes != 1) refuse("it has several classes, and an objective for one");
    return {Kind::kSigmoid, read_sigmoid(after(text, "binary sigmoid:"))};
  }
  std::string count = "num_class:" + std::to_string(classes);
  if (text == "multiclass " + count) return {Kind::kSoftmax, 1.0};
  return {Kind::kSigmoids, read_sigmoid(after(text, "multiclassova " + count + " sigmoid:"))};
}

void Objective::convert(double* row, int64_t classes) const {
  switch (kind) {
    case Kind::kIdentity:
      return;
    case Kind::kSquare:
      row[0] = (row[0] > 0.0 ? 1.0 : row[0] < 0.0 ? -1.0 : 0.0) * row[0] * row[0];
      return;
    case Kind::kExp:
      row[0] = std::exp(row[0]);
      return;
    case Kind::kLogistic:
      row[0] = 1.0 / (1.0 + std::exp(-row[0]));  // not times 1: the sign of NaN would be another
      return;
    case Kind::kSigmoid:
      row[0] = ::sigmoid(row[0], sigmoid);
      return;
    case Kind::kSigmoids:
      for (int64_t k = 0; k < classes; ++k) row[k] = ::sigmoid(row[k], sigmoid);
      return;
    case Kind::kSoftmax:
      softmax(row, classes);
      return;
    case Kind::kLogOfExp:
      row[0] = std::log1p(std::exp(row[0]));
      return;
  }
}
