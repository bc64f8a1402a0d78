// Durable counters of what is stored, written seldom so that a save costs nothing extra.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "spillway/deadline.h"
#include "spillway/items.h"
#include "spillway/sessions.h"

namespace spillway {

/// What changes: every number may be negative.
struct Counts {
  /// Upper bounds of the size classes of artifacts; one more class has no bound.
  static constexpr std::array<std::uint64_t, 7> size_bounds{
      1ull << 10, 10ull << 10, 100ull << 10, 300ull << 10, 1ull << 20, 10ull << 20, 100ull << 20};
  struct Class {
    std::int64_t count = 0, raw_bytes = 0, encoded_bytes = 0;
  };
  std::int64_t messages = 0;
  std::array<Class, 3> storages;  ///< by Storage
  std::array<std::int64_t, size_bounds.size() + 1> sizes{};
  std::int64_t fallbacks = 0, orphan_objects = 0, orphan_bytes = 0;

  /// Adds (`sign` 1) or takes away (-1) an artifact; one saved as a placeholder stores nothing.
  void count(const ArtifactInfo& artifact, int sign);
  void count(const Message& message, int sign);
};

/// Where a large artifact was saved.
struct SavedPlace {
  std::string session, message, artifact;
  std::uint64_t size_bytes = 0;
};

/// Thread-safe. Changes reach the store within a second and at destruction: a crash may lose the
/// last second of counters, never data.
class Statistics {
 public:
  explicit Statistics(Items& items);
  ~Statistics();
  Statistics(const Statistics&) = delete;
  Statistics& operator=(const Statistics&) = delete;

  void add(const Counts& change);
  /// Keeps in mind where the largest artifacts were saved; the others cost nothing.
  void saw(const SavedPlace& saved);
  /// Everything added so far, but for the largest artifacts.
  Result<StorageStats> read(Deadline deadline);
  /// Descending by size; some may be gone.
  Result<std::vector<SavedPlace>> largest(Deadline deadline);
  /// Gives the places of those that are gone to others.
  Result<void> forget(const std::vector<SavedPlace>& gone, Deadline deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace spillway
