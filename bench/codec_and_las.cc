// Encoding, decoding and LAS, measured by Google Benchmark, printed as a table of our own.
#include <benchmark/benchmark.h>

#include <cstdio>

#include "codec/encoding.h"
#include "measure.h"
#include "samples.h"
#include "sections.h"
#include "welllog/las.h"
#include "welllog/log_plot.h"
#include "welllog/synthetic.h"

namespace spillway {
namespace {

constexpr int repetitions = 5;
constexpr double repetition_seconds = 0.1;

/// One line for each benchmark: the median of its repetitions, and how far apart they lie.
class Lines final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<double> rates;
    for (const Run& run : runs) {
      const auto rate = run.counters.find("bytes_per_second");
      const bool one = run.run_type == Run::RT_Iteration && rate != run.counters.end();
      if (one) rates.push_back(rate->second / 1e6);
    }
    if (rates.empty()) return;
    const Spread spread = spread_of(rates);
    std::printf("%-58s %8.0f MB/s  ±%.0f %%\n", runs.front().run_name.function_name.c_str(),
                spread.median, spread.percent / 2);
  }
};

void measure(const std::string& name, std::size_t bytes, const std::function<void()>& work) {
  benchmark::RegisterBenchmark(
      name.c_str(),
      [bytes, work](benchmark::State& state) {
        for (auto _ : state) work();
        state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
      })
      ->UseRealTime()
      ->MinTime(repetition_seconds)
      ->Repetitions(repetitions);
}

void run_registered() {
  Lines lines;
  benchmark::RunSpecifiedBenchmarks(&lines);
  benchmark::ClearRegisteredBenchmarks();
}

void measure_codec(const Sample& sample) {
  for (const Encoding encoding : {Encoding::zstd, Encoding::raw}) {
    const Encoded encoded = value_of(encode(sample.bytes, encoding));
    const double ratio =
        static_cast<double>(sample.bytes.size()) / static_cast<double>(encoded.bytes.size());
    char said[64];
    std::snprintf(said, sizeof said, " (%.2f to 1)", ratio);
    const std::string name = std::string(to_string(encoding)) + ", " + sample.name + ", " +
                             short_bytes(static_cast<double>(sample.bytes.size()));
    measure("encode " + name + (encoding == Encoding::raw ? "" : said), sample.bytes.size(),
            [&sample, encoding] {
              benchmark::DoNotOptimize(value_of(encode(sample.bytes, encoding)));
            });
    measure("decode " + name, sample.bytes.size(), [encoded] {
      benchmark::DoNotOptimize(value_of(decode(encoded.bytes, encoded.index, encoded.digest)));
    });
  }
}

}  // namespace

void bench_codec() {
  std::printf("\ncodec, one thread, with SHA-256 and CRC32C; encoding also decodes and compares\n");
  const Sample mission = mission_plot();
  measure_codec(mission);
  const auto real = real_plot();
  if (real) measure_codec(*real);
  run_registered();
}

void bench_las() {
  const std::vector<Sample> wells = real_wells();
  std::size_t bytes = 0;
  for (const Sample& well : wells) bytes += well.bytes.size();
  std::printf("\nLAS, one thread, of %s\n",
              wells.empty() ? "a synthetic well: no real ones are beside the source"
                            : "real wells and a synthetic one");
  const std::string synthetic = synthetic_las("WELL-001");
  const LasFile parsed = value_of(parse_las(synthetic));
  if (!wells.empty()) {
    measure("parse " + std::to_string(wells.size()) + " real wells, " +
                short_bytes(static_cast<double>(bytes)),
            bytes, [&wells] {
              for (const Sample& well : wells) {
                benchmark::DoNotOptimize(value_of(parse_las(well.bytes)));
              }
            });
  }
  measure("parse synthetic, " + short_bytes(static_cast<double>(synthetic.size())),
          synthetic.size(), [&] { benchmark::DoNotOptimize(value_of(parse_las(synthetic))); });
  measure("plot as JSON, synthetic, MB of JSON", log_plot_json(parsed).size(),
          [&] { benchmark::DoNotOptimize(log_plot_json(parsed)); });
  run_registered();
}

}  // namespace spillway
