/** The names of Huawei users in events: `worker`, `worker-2` to `worker-8`, and the same of `audit`. */
export const HUAWEI_USER = /^(worker|audit)(-[2-8])?$/;
