// The parts of the benchmark; each prints its table.
#pragma once

#include <string>

namespace spillway {

/// Encoding, decoding, LAS: computation alone.
void bench_codec();
void bench_las();

/// Saves and loads of whole messages through the library, each in turn with the raw cost of the
/// same bytes. `directory` is used for data.
void bench_saves_and_loads(const std::string& directory, double seconds);

/// What a sweep costs an object: one that stays, one that goes.
void bench_sweeps(const std::string& directory);

/// A log of 100 million samples, read in part. Takes half a minute and 1.5 GB of disk.
void bench_long_logs(const std::string& directory);

/// Spilled artifacts on the real servers that tests/servers/with_servers started, beside the same
/// steps made by hand.
void bench_real();

}  // namespace spillway
