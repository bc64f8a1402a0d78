# bash completion for spillway: source this file.
_spillway() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  local commands="serve import put get ls rm stats sweep fsck backup selftest init doctor adopt restore version"
  local here="--data --items --objects --config --json --quiet --help" anywhere="--data --items --objects --to --token-file --config --json --quiet --help"
  local options
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$current")
    return
  fi
  case $previous in
    --data) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    --config | --token-file | --tokens-file | --port-file | -o | --output)
      mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --role) mapfile -t COMPREPLY < <(compgen -W "user assistant system tool" -- "$current"); return ;;
    --tier) mapfile -t COMPREPLY < <(compgen -W "standard bulk expedited" -- "$current"); return ;;
    --items | --objects | --viewer-origin | --days | --stale-uploads | --to | --listen | --fence-age | --retention | --rows | --synthetic | --range) return ;;
  esac
  case $command in
    serve) options="$here --listen --tokens-file --port-file" ;;
    import) options="$anywhere --session --synthetic --rows" ;;
    put) options="$anywhere --message --artifact --role --content --content-type --type --name" ;;
    get) options="$anywhere --output --range" ;;
    rm) options="$anywhere --yes" ;;
    ls | stats) options=$anywhere ;;
    sweep) options="$here --fence-age --retention --stale-uploads" ;;
    fsck) options="$here --read-objects" ;;
    backup | selftest) options=$here ;;
    init) options="$here --dry-run --create-bucket --viewer-origin --infrequent-access-after --glacier-instant-after
        --expire-noncurrent-after" ;;
    doctor) options="$here --viewer-origin" ;;
    adopt) options="$here --attribute --key-prefix --store --dry-run" ;;
    restore) options="$here --days --tier" ;;
    version) options="--json --help" ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ $command == import || $command == put ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  elif [ "$command" = backup ]; then
    mapfile -t COMPREPLY < <(compgen -d -- "$current")
  fi
}
complete -o filenames -F _spillway spillway
