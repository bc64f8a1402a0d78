// One try at writing items with spilled values: W0, the uploads of W1, and the commit of W2 and W3.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "hybrid/core.h"
#include "hybrid/spilled_entry.h"

namespace spillway {

/// begin() and commit() by one thread; uploads by several at once. Destroying an attempt that began
/// and was not committed sets it ABORTED if the store answers, so that the sweep need not wait.
class Attempt {
 public:
  Attempt(Core& core, std::vector<LedgerOwner> owners);
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  /// W0, once; later calls do nothing.
  Result<void> begin(Deadline deadline);
  bool begun() const { return begun_; }
  const std::string& id() const { return id_; }

  /// W1: uploads encoded bytes as an object of the item that `prefix` stands for.
  Result<StoredBytes> upload(const std::string& prefix, const Encoded& encoded,
                             const ValueLabel& label, Deadline deadline);
  /// W1 of a stream, encoded as it passes.
  Result<StoredBytes> upload_stream(const std::string& prefix, ByteSource& raw, Encoding encoding,
                                    const ValueLabel& label, Deadline deadline);

  /// Values stay in their items that are to leave once objects can be put: the sweep is told.
  void mark_fallback() { marks_.fallback = true; }
  /// The uploads are made ahead of the write: a refusal does not end the attempt.
  void keep_when_refused() { kept_when_refused_ = true; }
  /// The commit may replace an item that nobody has seen: the sweep looks for what it superseded.
  void mark_blind() { marks_.blind = true; }

  /// W2, and W3 when its reply is lost: all actions or none. If the attempt never began, the
  /// actions alone. An answer with `applied == false` is the refusal of a condition of the actions.
  /// conflict once the attempt has ended, by a commit that was applied or may have been.
  Result<TransactResult> commit(const std::vector<WriteRequest>& actions, Deadline deadline);

 private:
  Result<TransactResult> commit_with_row(const std::vector<WriteRequest>& actions,
                                         Deadline deadline);
  /// The first W2 was answered with a row that is not PENDING.
  Result<TransactResult> find_out_if_fenced(Deadline deadline);
  /// W3 once several W2 may be under way: what the row says, made final; `otherwise` if it is
  /// ABORTED.
  Result<TransactResult> settle(Result<TransactResult> otherwise, Deadline deadline);
  ObjectKey next_key(const std::string& prefix);
  Result<void> put(const ObjectKey& key, ByteSource& source, const ObjectAttributes& attributes,
                   Deadline deadline);
  StoredBytes describe(const ObjectKey& key, const ValueLabel& label) const;

  Core& core_;
  std::string id_;  ///< fixed once the row is there
  const std::vector<LedgerOwner> owners_;
  std::atomic<unsigned> objects_ = 0;
  CommitMarks marks_;
  bool begun_ = false;
  bool finished_ = false;  ///< committed, aborted, or nobody knows
  bool kept_when_refused_ = false;
};

}  // namespace spillway
