// Feeds the kernel damaged model texts: `fuzz SEED COUNT FOLDER`, with the texts of a folder. Compiled with sanitizers
// it finds what reads or writes where it must not; it ends itself where two ways of predicting differ in a bit.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "forest.h"

namespace {

using Chance = std::mt19937_64;

constexpr int64_t kMostNumbers = 1 << 20;  // of a matrix or an answer: a text may claim any number of columns
const char* const kOdd[] = {"0",   "-1",  "1",    "2",     "255",  "256",  "65535",  "65536", "2147483647", "-2147483648", "4294967296",
                            "nan", "inf", "-inf", "1e400", "1e-9", "0x10", "--1",    "",      " ",          "1 1",         "9223372036854775807",
                            "-0",  "1e",  "+1",   "=",     "\n",   "\n\n", "5e-324", ".5",    "1e308",      "16777216",    "99999999999999999999"};
const double kValues[] = {0.0, -0.0, 1.0, -1.0, 2.0, 33.0, 70000.0, 1e-35, -1e-35, 1e-36, 5e-324, 1e300, -1e300,
                          std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};

size_t below(Chance& chance, size_t limit) { return limit == 0 ? 0 : static_cast<size_t>(chance() % limit); }

std::vector<std::string> read_texts(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

// Where a word begins: behind a space, a line's end or an equals sign.
size_t some_word(Chance& chance, const std::string& text) {
  size_t found = text.find_first_of(" \n=", below(chance, text.size()));
  return found == std::string::npos ? 0 : found + 1;
}

void damage(Chance& chance, std::string& text) {
  size_t at = below(chance, text.size()), word = some_word(chance, text);
  size_t size = std::min<size_t>(text.find_first_of(" \n=", word), text.size()) - word;
  switch (below(chance, 8)) {
    case 0: if (!text.empty()) text[at] = static_cast<char>(chance()); break;
    case 1: text.erase(at, 1 + below(chance, 40)); break;
    case 2: text.insert(at, text, below(chance, text.size()), 1 + below(chance, 400)); break;
    case 3: text.resize(at); break;
    default: text.replace(word, size, kOdd[below(chance, std::size(kOdd))]); break;
  }
}

// The sizes of the trees are set right again, so that damage to a tree is found by who reads trees.
void mend_sizes(std::string& text) {
  std::string sizes = "tree_sizes=";
  size_t end = std::min(text.find("end of trees"), text.size()), first = text.find("\nTree=");
  for (size_t at = first; at < end;) {
    size_t next = std::min(text.find("\nTree=", at + 1), end - 1);
    sizes += (at == first ? "" : " ") + std::to_string(next - at);
    at = next + (next == end - 1);
  }
  size_t start = text.find("tree_sizes=");
  if (start != std::string::npos && first < end && start < first) text.replace(start, text.find('\n', start) - start, sizes);
}

template <class Number>
std::vector<Number> matrix(Chance& chance, int64_t size) {
  std::vector<Number> numbers(static_cast<size_t>(size));
  for (Number& number : numbers) {
    double value = below(chance, 2) ? kValues[below(chance, std::size(kValues))] : static_cast<double>(below(chance, 4000)) / 1000 - 2;
    number = static_cast<Number>(value);
  }
  return numbers;
}

template <class Number>
void predict(Chance& chance, const Forest* forest, const ForestFacts& facts) {
  auto rows = static_cast<int64_t>(1 + below(chance, 140));
  if (rows * facts.features > kMostNumbers || rows * facts.classes > kMostNumbers) return;
  std::vector<Number> data = matrix<Number>(chance, rows * facts.features);
  auto first = static_cast<int64_t>(below(chance, 4)) - 1, iterations = static_cast<int64_t>(below(chance, 4)) - 1;
  bool raw = below(chance, 2), by_row = below(chance, 2);
  int type = sizeof(Number) == sizeof(float) ? FOREST_FLOAT32 : FOREST_FLOAT64;
  std::vector<double> answers[2];
  for (int i = 0; const char* way = forest_way(i); ++i) {
    std::vector<double>& answer = answers[i > 0];
    answer.assign(static_cast<size_t>(rows * facts.classes), -7.25);
    int done = forest_predict(forest, data.data(), type, rows, facts.features, by_row, first, iterations, raw, 1 + i % 2, way, answer.data());
    if (done == FOREST_DONE && std::memcmp(answer.data(), answers[0].data(), answer.size() * sizeof(double)) == 0) continue;
    std::fprintf(stderr, "%s: it ended with %d, or its numbers are not those of %s\n", way, done, forest_way(0));
    std::abort();
  }
}

// The text comes out as it went in, and no character behind its end is looked at: the sanitizer knows where it ends.
bool read_and_predict(Chance& chance, const std::string& text) {
  std::unique_ptr<char[]> exact(new char[text.size()]);
  std::memcpy(exact.get(), text.data(), text.size());
  char why[64];
  Forest* forest = forest_read(exact.get(), static_cast<int64_t>(text.size()), why, sizeof why);
  exact.reset();
  if (forest == nullptr) return false;
  ForestFacts facts;
  forest_facts(forest, &facts);
  std::string copy(text.size(), '?');
  forest_text(forest, 0, facts.text, copy.data());
  if (copy != text || forest_tree_start(forest, facts.trees) > facts.text) std::abort();
  predict<float>(chance, forest, facts);
  predict<double>(chance, forest, facts);
  forest_free(forest);
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return std::fprintf(stderr, "fuzz SEED COUNT FOLDER\n"), 2;
  uint64_t seed = std::strtoull(arguments[1], nullptr, 10), number = std::strtoull(arguments[2], nullptr, 10), accepted = 0;
  std::vector<std::string> texts = read_texts(arguments[3]);
  for (uint64_t i = 0; i < number; ++i) {
    Chance chance(seed + i);  // so that one text is made again by its own seed and a count of 1
    std::string text = texts.at(below(chance, texts.size()));
    for (size_t times = below(chance, 3); times > 0; --times) damage(chance, text);
    if (below(chance, 4)) mend_sizes(text);
    accepted += read_and_predict(chance, text);
  }
  std::printf("%llu texts, %llu of them accepted\n", static_cast<unsigned long long>(number), static_cast<unsigned long long>(accepted));
  return accepted > number / 20 && accepted < number ? 0 : 1;  // else it does not meet what it should
}
