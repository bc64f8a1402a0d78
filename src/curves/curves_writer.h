// Makes the stored form of curves from collected arrays.
#pragma once

#include <memory>
#include <vector>

#include "curves/frame.h"
#include "curves/value_spool.h"
#include "spillway/bytes.h"

namespace spillway {

/// The stored form of a frame as a stream: header, levels from the coarsest, samples. Constant
/// memory but for the header.
class CurvesWriter final : public ByteSource {
 public:
  /// Reads all values once to compute the levels. `values` is the spool that the frame's arrays are
  /// in, and outlives the writer; `sha256` is the artifact's. Errors are the spool's.
  static Result<std::unique_ptr<CurvesWriter>> make(Frame frame, const ValueSpool& values,
                                                    const std::string& sha256);

  Result<std::size_t> read(char* buffer, std::size_t capacity) override;
  std::uint64_t size_bytes() const { return size_bytes_; }
  std::uint64_t header_bytes() const { return header_bytes_; }

 private:
  CurvesWriter(Frame frame, const ValueSpool& values) : frame_(std::move(frame)), values_(values) {}
  Result<void> build();
  Result<void> build_curve(std::size_t curve);
  Result<void> refill();

  /// A stretch of a spool that is part of the stream.
  struct Part {
    const ValueSpool* spool;
    std::uint64_t first, count;
  };

  Frame frame_;
  const ValueSpool& values_;
  std::vector<std::unique_ptr<ValueSpool>> levels_;  ///< stored level 1 first
  std::vector<Part> parts_;
  std::string chunk_;  ///< bytes of the stream that come next, from `at_`
  std::size_t at_ = 0;
  std::size_t part_ = 0;
  std::uint64_t part_values_ = 0;  ///< of the present part, already taken
  std::uint64_t size_bytes_ = 0, header_bytes_ = 0;
};

}  // namespace spillway
